package io.godwit.checkpoint.local;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An open checkpoint. */
interface HeldCheckpoint extends AutoCloseable {
    boolean read(byte[] digest, int digestOffset, ByteBuffer page) throws IOException;

    @Override
    void close() throws IOException;
}
