package io.godwit.checkpoint.local;

import java.io.IOException;

/** Pages that one or the other knows. */
record EitherPages(KnownPages first, KnownPages second) implements KnownPages {
    @Override
    public boolean read(byte[] digest, int digestOffset, byte[] output, int outputOffset, int pageSize)
            throws IOException {
        return first.read(digest, digestOffset, output, outputOffset, pageSize)
                || second.read(digest, digestOffset, output, outputOffset, pageSize);
    }

    @Override
    public boolean copy(byte[] digest, int digestOffset, byte[] output, int outputOffset, int pageSize)
            throws IOException {
        return first.copy(digest, digestOffset, output, outputOffset, pageSize)
                || second.copy(digest, digestOffset, output, outputOffset, pageSize);
    }
}
