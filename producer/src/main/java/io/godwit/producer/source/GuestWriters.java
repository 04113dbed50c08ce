package io.godwit.producer.source;

import io.godwit.producer.precopy.DirtyBitmap;
import io.godwit.ramdir.MappedBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads of a synthetic guest that write its hot set: drawn bytes at drawn places, at a steady rate.
 *
 * <p>Writes come in bursts, one a millisecond. A thread holds a permit for as long as it writes a burst, and pausing is to
 * take all permits: nobody writes while they are out. Any thread may call anything.
 */
final class GuestWriters implements AutoCloseable {
    private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** A thread that was kept from running makes up for this much time at most. */
    private static final long MAX_CATCH_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final double NANOS_PER_SECOND = 1e9;

    private final SyntheticSpec spec;
    private final MappedBlock memory;
    private final DirtyBitmap dirty;
    private final int firstHotPage;
    private final int hotPages;
    private final Semaphore permits;
    private final List<Thread> threads = new ArrayList<>();

    private volatile int throttlePercent;
    private volatile boolean closed;
    private boolean paused;

    GuestWriters(SyntheticSpec spec, MappedBlock memory, DirtyBitmap dirty) {
        this.spec = spec;
        this.memory = memory;
        this.dirty = dirty;
        hotPages = (int) (spec.hotBytes() / SyntheticSpec.PAGE_SIZE);
        firstHotPage = new SplitMix(spec.seed(), Long.MIN_VALUE).below(spec.pages() - hotPages + 1);
        // Fair: a pause waits for the bursts that are being written, not for a moment when nobody writes.
        permits = new Semaphore(spec.threads(), true);
    }

    /** Starts the threads. */
    void start() {
        for (int number = 0; number < spec.threads() && spec.writesPerSecond() > 0; number++) {
            SplitMix random = new SplitMix(spec.seed(), Long.MIN_VALUE + 1 + number);
            Thread thread = new Thread(() -> write(random), "guest-writer-" + number);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Takes {@code percent} of their writes from the threads. */
    void throttle(int percent) {
        throttlePercent = percent;
    }

    /** When this returns nobody writes, and the caller sees all that was written. */
    synchronized void pause() throws InterruptedException {
        if (!paused) {
            permits.acquire(spec.threads());
            paused = true;
        }
    }

    synchronized void resume() {
        if (paused) {
            paused = false;
            permits.release(spec.threads());
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }

    private void write(SplitMix random) {
        byte[] bytes = new byte[spec.bytesPerWrite()];
        double nanosPerWrite = NANOS_PER_SECOND * spec.threads() / spec.writesPerSecond();
        long last = System.nanoTime();
        double owedNanos = 0;
        while (!closed) {
            LockSupport.parkNanos(BURST_NANOS);
            long now = System.nanoTime();
            double share = (100 - throttlePercent) / 100.0;
            owedNanos = Math.min(owedNanos + (now - last) * share, MAX_CATCH_UP_NANOS + nanosPerWrite);
            last = now;
            int writes = (int) (owedNanos / nanosPerWrite);
            owedNanos -= writes * nanosPerWrite;
            if (writes > 0 && !writeBurst(random, bytes, writes)) {
                return;
            }
        }
    }

    private boolean writeBurst(SplitMix random, byte[] bytes, int writes) {
        try {
            permits.acquire();
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            for (int write = 0; write < writes; write++) {
                writeOnce(random, bytes);
            }
            return true;
        } finally {
            permits.release();
        }
    }

    private void writeOnce(SplitMix random, byte[] bytes) {
        int page = firstHotPage + random.below(hotPages);
        int at = random.below(SyntheticSpec.PAGE_SIZE - bytes.length + 1);
        long drawn = 0;
        for (int i = 0; i < bytes.length; i++) {
            drawn = i % Long.BYTES == 0 ? random.next() : drawn >>> Byte.SIZE;
            bytes[i] = (byte) drawn;
        }
        memory.write((long) page * SyntheticSpec.PAGE_SIZE + at, bytes, 0, bytes.length);
        // Marked after the write: see DirtyMemory.
        dirty.mark(page);
    }
}
