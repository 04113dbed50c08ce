package io.godwit.producer.source;

import io.godwit.ramdir.MappedBlock;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory of a synthetic guest: an unnamed file, mapped. Off the heap, of any size, gone with the process.
 *
 * <p>In shared memory where there is room, as a hypervisor's would be: a file on disk would be written back while it is
 * measured.
 */
final class GuestMemory {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    /** What is left free for others. */
    private static final long MARGIN_BYTES = 64L << 20;

    private GuestMemory() {}

    /**
     * Maps {@code bytes} of zeros.
     *
     * @throws IOException if there is no room for them
     */
    static MappedBlock allocate(long bytes) throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        Path directory = hasRoom(SHARED_MEMORY, bytes) ? SHARED_MEMORY : temporary;
        if (!hasRoom(directory, bytes)) {
            // A mapped file that cannot grow kills the process when it is written.
            throw new IOException("the synthetic guest needs " + bytes + " bytes in " + SHARED_MEMORY + " or "
                    + temporary + ", and neither has them free; give it less memory, or set -Djava.io.tmpdir");
        }
        Path file = Files.createTempFile(directory, "godwit-guest-", ".ram");
        try {
            return MappedBlock.openWritable(file, bytes);
        } finally {
            Files.delete(file);
        }
    }

    private static boolean hasRoom(Path directory, long bytes) throws IOException {
        if (!Files.isWritable(directory)) {
            return false;
        }
        FileStore store = Files.getFileStore(directory);
        return store.getUsableSpace() >= bytes + MARGIN_BYTES;
    }
}
