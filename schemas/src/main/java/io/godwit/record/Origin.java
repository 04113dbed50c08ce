package io.godwit.record;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The ingress record that a stream record was made from.
 *
 * @param partition of the ingress
 * @param offset in that partition
 */
public record Origin(int partition, long offset) {
    private static final int BYTES = Integer.BYTES + Long.BYTES;

    /**
     * Reads the value of header {@link io.godwit.topic.Topics#ORIGIN_HEADER}: be32 partition, be64 offset.
     *
     * @return empty where it is none: then the record cannot be had in full again
     */
    public static Optional<Origin> decode(byte[] header) {
        if (header.length != BYTES) {
            return Optional.empty();
        }
        ByteBuffer bytes = ByteBuffer.wrap(header);
        int partition = bytes.getInt();
        long offset = bytes.getLong();
        return partition < 0 || offset < 0 ? Optional.empty() : Optional.of(new Origin(partition, offset));
    }

    /** The value of header {@link io.godwit.topic.Topics#ORIGIN_HEADER}. */
    public byte[] encode() {
        return ByteBuffer.allocate(BYTES).putInt(partition).putLong(offset).array();
    }

    @Override
    public String toString() {
        return "offset " + offset + " of partition " + partition;
    }
}
