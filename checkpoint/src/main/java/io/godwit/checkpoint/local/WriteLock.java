package io.godwit.checkpoint.local;

import io.godwit.files.FileLocks;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * Lets one at a time change a directory; the kernel lets go of it when the process dies.
 *
 * <p>Who adds or removes checkpoints has the lock of the directory of all; who repairs one, or moves it, has the lock of its
 * own directory. So a checkpoint can be made of a migration that is received with the help of others.
 */
final class WriteLock implements AutoCloseable {
    private static final String FILE = ".lock";
    private static final long LOOK_MILLIS = 50;

    private final FileChannel channel;

    private WriteLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Waits until nobody else changes {@code directory}. */
    static WriteLock acquire(Path directory) throws IOException, InterruptedException {
        FileChannel channel =
                FileChannel.open(directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            while (!FileLocks.tryLock(channel)) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
            return new WriteLock(channel);
        } catch (IOException | InterruptedException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
