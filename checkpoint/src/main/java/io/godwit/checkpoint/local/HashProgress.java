package io.godwit.checkpoint.local;

import java.util.concurrent.atomic.AtomicLong;

/** How far the hashing of a memory is. One thread or more write it, any thread may read it. */
public final class HashProgress {
    /** What is done now. */
    public enum Phase {
        /** Nothing yet, or another process has the directory. */
        WAITING,
        HASHING,
        SORTING
    }

    private final AtomicLong hashedBytes = new AtomicLong();
    private volatile Phase phase = Phase.WAITING;
    private volatile long totalBytes;

    public Phase phase() {
        return phase;
    }

    /** Bytes of memory that were read and hashed. */
    public long hashedBytes() {
        return hashedBytes.get();
    }

    /** Bytes of memory to be hashed; 0 before that is known. */
    public long totalBytes() {
        return totalBytes;
    }

    void beginHashing(long bytes) {
        hashedBytes.set(0);
        totalBytes = bytes;
        phase = Phase.HASHING;
    }

    void hashed(long bytes) {
        hashedBytes.addAndGet(bytes);
    }

    void beginSorting() {
        phase = Phase.SORTING;
    }
}
