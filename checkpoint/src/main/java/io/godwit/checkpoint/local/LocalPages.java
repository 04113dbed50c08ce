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
    private final ThreadLocal<Verifier> verifiers;

    LocalPages(List<HeldCheckpoint> held, List<String> missing, List<String> warnings, int pageSize) {
        this.held = held.toArray(HeldCheckpoint[]::new);
        this.missing = List.copyOf(missing);
        this.warnings = List.copyOf(warnings);
        verifiers = ThreadLocal.withInitial(() -> new Verifier(pageSize));
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
        Verifier verifier = verifiers.get();
        if (pageSize != verifier.page.capacity()) {
            return false;
        }
        for (HeldCheckpoint checkpoint : held) {
            if (checkpoint.read(digest, digestOffset, verifier.page)
                    && verifier.verify(digest, digestOffset, output, outputOffset)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean copy(byte[] digest, int digestOffset, byte[] output, int outputOffset, int pageSize)
            throws IOException {
        Verifier verifier = verifiers.get();
        if (pageSize != verifier.page.capacity()) {
            return false;
        }
        for (HeldCheckpoint checkpoint : held) {
            if (checkpoint.read(digest, digestOffset, verifier.page)) {
                verifier.page.get(0, output, outputOffset, pageSize);
                return true;
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
    private static final class Verifier {
        private final ByteBuffer page;
        private final PageDigest sha256 = new PageDigest();
        private final byte[] actual = new byte[PageDigest.BYTES];

        Verifier(int pageSize) {
            page = ByteBuffer.allocateDirect(pageSize);
        }

        boolean verify(byte[] digest, int digestOffset, byte[] output, int outputOffset) {
            page.get(0, output, outputOffset, page.capacity());
            sha256.digest(output, outputOffset, page.capacity(), actual, 0);
            return Arrays.equals(actual, 0, PageDigest.BYTES, digest, digestOffset, digestOffset + PageDigest.BYTES);
        }
    }
}
