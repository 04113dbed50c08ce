package io.godwit.consumer.apply;

import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.Manifest;
import io.godwit.record.PageBatch;
import java.nio.ByteBuffer;

/** Payloads as they were before compression, in a buffer that is used again. One thread. */
final class BatchPayload {
    private final PayloadCodec codec;
    private ByteBuffer buffer = ByteBuffer.allocate(PageBatch.DEFAULT_PAGES * Manifest.DEFAULT_PAGE_SIZE);

    BatchPayload(PayloadCodec codec) {
        this.codec = codec;
    }

    /**
     * The uncompressed payload, from its buffer's position on; valid until the next call, and as long as the batch is.
     *
     * @throws MalformedRecordException if it cannot be decompressed
     */
    ByteBuffer of(PageBatch batch) throws MalformedRecordException {
        if (batch.compression() == PayloadCompression.NONE) {
            return ByteBuffer.wrap(batch.payload(), batch.payloadOffset(), batch.payloadLength());
        }
        // PageBatch bounds it when it is decoded.
        int length = Math.toIntExact(batch.runs().payloadBytes());
        if (buffer.capacity() < length) {
            buffer = ByteBuffer.allocate(Math.max(length, Math.min(PageBatch.MAX_PAYLOAD_BYTES, 2 * length)));
        }
        codec.decompress(
                batch.compression(),
                batch.payload(),
                batch.payloadOffset(),
                batch.payloadLength(),
                buffer.array(),
                length);
        return buffer.clear();
    }
}
