package io.godwit.checkpoint.local;

import io.godwit.hash.PageDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The pages of some checkpoints that this host holds. Any thread may read.
 *
 * <p>A thread that is interrupted while it reads closes a file for all of them, as channels of files do.
 */
public final class LocalPages implements KnownPages, AutoCloseable {
    /** An array: walking a list allocates an iterator, and pages come by the million. */
    private final HeldCheckpoint[] held;

    private final List<String> missing;
    private final List<String> warnings;
    private final ThreadLocal<Reading> readings;

    LocalPages(List<HeldCheckpoint> held, List<String> missing, List<String> warnings, int pageSize) {
        this.held = held.toArray(HeldCheckpoint[]::new);
        this.missing = List.copyOf(missing);
        this.warnings = List.copyOf(warnings);
        readings = ThreadLocal.withInitial(() -> new Reading(pageSize));
    }

    /** Ids of the checkpoints that were asked for and are not here, in the order they were asked for. */
    public List<String> missing() {
        return missing;
    }

    /** What an operator should know of the checkpoints that are here, a line each. */
    public List<String> warnings() {
        return warnings;
    }

    @Override
    public boolean read(byte[] digest, int digestOffset, byte[] output, int outputOffset, int pageSize)
            throws IOException {
        return find(digest, digestOffset, output, outputOffset, pageSize, true);
    }

    @Override
    public boolean copy(byte[] digest, int digestOffset, byte[] output, int outputOffset, int pageSize)
            throws IOException {
        return find(digest, digestOffset, output, outputOffset, pageSize, false);
    }

    private boolean find(
            byte[] digest, int digestOffset, byte[] output, int outputOffset, int pageSize, boolean isVerified)
            throws IOException {
        Reading reading = readings.get();
        if (pageSize != reading.page.capacity()) {
            return false;
        }
        for (HeldCheckpoint checkpoint : held) {
            if (checkpoint.read(digest, digestOffset, reading.page)) {
                reading.page.get(0, output, outputOffset, pageSize);
                if (!isVerified || reading.isRight(digest, digestOffset, output, outputOffset)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        for (HeldCheckpoint checkpoint : held) {
            checkpoint.close();
        }
    }

    /** What a thread needs to read pages without allocating any. */
    private static final class Reading {
        private final ByteBuffer page;
        private final PageDigest sha256 = new PageDigest();
        private final byte[] actual = new byte[PageDigest.BYTES];

        Reading(int pageSize) {
            page = ByteBuffer.allocateDirect(pageSize);
        }

        boolean isRight(byte[] digest, int digestOffset, byte[] output, int outputOffset) {
            sha256.digest(output, outputOffset, page.capacity(), actual, 0);
            return Arrays.equals(actual, 0, PageDigest.BYTES, digest, digestOffset, digestOffset + PageDigest.BYTES);
        }
    }
}
