package io.godwit.qemu.stream;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where a stream's bytes come from. */
@FunctionalInterface
public interface StreamInput {
    /**
     * Reads at least one byte into {@code target}, which has room.
     *
     * @return bytes that were read; 0 if none came for a while; negative once the sender has closed the stream
     */
    int read(ByteBuffer target) throws IOException;
}
