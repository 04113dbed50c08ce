package io.godwit.qemu.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.OptionalInt;

/**
 * Reads what an incoming QEMU says back on its stream: {@code be16 type, be16 length, data}. One thread, which it blocks.
 *
 * <p>Source: QEMU's {@code migration/migration.h}, {@code enum mig_rp_message_type}.
 */
public final class ReturnPathReader {
    private static final int HEADER_BYTES = 2 * Short.BYTES;
    private static final int MAX_DATA_BYTES = 0xffff;

    private final ReadableByteChannel channel;
    private final ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    private final ByteBuffer data = ByteBuffer.allocate(MAX_DATA_BYTES);

    /** Reads from {@code channel}, which stays the caller's. */
    public ReturnPathReader(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits for QEMU to say that it is done; signs of life before that are passed over.
     *
     * @return the status, 0 where all is well; empty where QEMU closed its stream without a word
     */
    public OptionalInt awaitShut() throws IOException {
        while (readFully(header.clear())) {
            int type = Short.toUnsignedInt(header.getShort(0));
            int length = Short.toUnsignedInt(header.getShort(Short.BYTES));
            if (!readFully(data.clear().limit(length))) {
                break;
            }
            if (type == StreamFormat.RETURN_SHUT) {
                if (length != Integer.BYTES) {
                    throw new IOException("QEMU's return path ends with a status of " + length + " bytes");
                }
                return OptionalInt.of(data.getInt(0));
            }
        }
        return OptionalInt.empty();
    }

    private boolean readFully(ByteBuffer input) throws IOException {
        while (input.hasRemaining()) {
            if (channel.read(input) < 0) {
                return false;
            }
        }
        return true;
    }
}
