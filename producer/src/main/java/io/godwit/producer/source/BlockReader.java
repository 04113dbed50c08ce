package io.godwit.producer.source;

import io.godwit.record.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Blocks of memory that lie in files. Any thread may read. */
interface BlockReader extends AutoCloseable {
    Manifest manifest();

    /**
     * Fills what remains of {@code output} with the block's bytes from {@code position} on.
     *
     * @throws IOException if a file cannot be read, or ends before
     */
    void read(int block, long position, ByteBuffer output) throws IOException, InterruptedException;

    @Override
    void close() throws IOException;
}
