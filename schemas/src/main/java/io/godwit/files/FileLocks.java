package io.godwit.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;

/** Locks between processes, and between those who lock in one process. */
public final class FileLocks {
    private FileLocks() {}

    /** Locks the file of {@code channel} until it is closed; returns false where somebody has it, in this process or another. */
    public static boolean tryLock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }
}
