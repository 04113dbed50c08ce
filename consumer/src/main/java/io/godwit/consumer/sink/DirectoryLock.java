package io.godwit.consumer.sink;

import io.godwit.files.FileLocks;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;

/** Keeps a second receiver out of a directory; the kernel lets go of it when the process dies. */
final class DirectoryLock implements AutoCloseable {
    private static final String LOCK_FILE = "lock";

    private final FileChannel channel;
    private final Path file;
    /** Directories that did not exist before, innermost first. */
    private final Deque<Path> made;

    private DirectoryLock(FileChannel channel, Path file, Deque<Path> made) {
        this.channel = channel;
        this.file = file;
        this.made = made;
    }

    /**
     * Makes {@code directory} and {@code stateDirectory} in it where they are missing, and locks them.
     *
     * @throws TargetException if another receiver has the lock
     */
    static DirectoryLock acquire(Path directory, String stateDirectory) throws TargetException, IOException {
        Path state = directory.resolve(stateDirectory);
        Deque<Path> made = makeDirectories(state);
        Path file = state.resolve(LOCK_FILE);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!FileLocks.tryLock(channel)) {
            channel.close();
            throw new TargetException("another receiver is at work in " + directory
                    + ": choose another directory, or stop that receiver first");
        }
        return new DirectoryLock(channel, file, made);
    }

    /** From now on the directories stay when the lock is let go of. */
    void keepDirectories() {
        made.clear();
    }

    @Override
    public void close() throws IOException {
        if (!made.isEmpty()) {
            Files.deleteIfExists(file);
        }
        for (Path directory : made) {
            Files.deleteIfExists(directory);
        }
        channel.close();
    }

    private static Deque<Path> makeDirectories(Path innermost) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path at = innermost.toAbsolutePath(); at != null && !Files.exists(at); at = at.getParent()) {
            missing.push(at);
        }
        Deque<Path> made = new ArrayDeque<>();
        for (Path directory : missing) {
            try {
                Files.createDirectory(directory);
                made.push(directory);
            } catch (FileAlreadyExistsException e) {
                // Made by someone else since: not ours to remove.
            }
        }
        return made;
    }
}
