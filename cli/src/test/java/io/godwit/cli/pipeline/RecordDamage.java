package io.godwit.cli.pipeline;

import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.topic.Topics;
import java.util.Arrays;
import java.util.Random;

/** Ways in which a record's bytes come to harm. Inputs are never changed. */
final class RecordDamage {
    private static final int FINGERPRINT_OFFSET = 2;
    private static final int RANDOM_BYTES = 5000;

    private RecordDamage() {}

    static byte[] truncated(byte[] value) {
        return Arrays.copyOf(value, value.length - value.length / 3 - 1);
    }

    /** A whole record with bytes after it, as long as Kafka takes. */
    static byte[] oversized(byte[] value) {
        return Arrays.copyOf(value, Topics.MAX_RECORD_BYTES - (64 << 10));
    }

    static byte[] unknownVersion(byte[] value) {
        byte[] damaged = value.clone();
        damaged[FINGERPRINT_OFFSET] ^= 1;
        return damaged;
    }

    static byte[] random(long seed) {
        byte[] damaged = new byte[RANDOM_BYTES];
        new Random(seed).nextBytes(damaged);
        return damaged;
    }

    /** A bit of the compressed payload is flipped. */
    static byte[] flippedPayload(StreamRecord record) {
        PageBatch batch = (PageBatch) record.body();
        byte[] payload = Arrays.copyOfRange(
                batch.payload(), batch.payloadOffset(), batch.payloadOffset() + batch.payloadLength());
        payload[payload.length / 2] ^= 0x10;
        return encode(record, with(batch, batch.runs(), batch.compression(), payload));
    }

    /** The checksum of a run is off by a bit. */
    static byte[] flippedChecksum(StreamRecord record, PageEncoding encoding) {
        PageBatch batch = (PageBatch) record.body();
        PageRuns runs = new PageRuns(batch.runs().size());
        boolean done = false;
        for (int run = 0; run < batch.runs().size(); run++) {
            boolean flip = !done && batch.runs().encoding(run) == encoding;
            runs.add(
                    batch.runs().index(run),
                    batch.runs().count(run),
                    batch.runs().encoding(run),
                    batch.runs().length(run),
                    batch.runs().checksum(run) ^ (flip ? 1L << 40 : 0));
            done |= flip;
        }
        byte[] payload = Arrays.copyOfRange(
                batch.payload(), batch.payloadOffset(), batch.payloadOffset() + batch.payloadLength());
        return encode(record, with(batch, runs, batch.compression(), payload));
    }

    /** A bit of the first run under {@code encoding} is flipped, and the payload compressed anew around it. */
    static byte[] flippedRun(StreamRecord record, PageEncoding encoding) throws MalformedRecordException {
        PageBatch batch = (PageBatch) record.body();
        byte[] payload = uncompressed(batch);
        int offset = 0;
        for (int run = 0; batch.runs().encoding(run) != encoding; run++) {
            offset += batch.runs().length(run);
        }
        // The last byte: of a delta, a changed byte of the page and no length.
        payload[offset + batch.runs().length(firstRun(batch, encoding)) - 1] ^= 1;
        return encode(record, with(batch, batch.runs(), PayloadCompression.NONE, payload));
    }

    static boolean holds(StreamRecord record, PageEncoding encoding) {
        return record.body() instanceof PageBatch batch && batch.runs().pages(encoding) > 0;
    }

    private static int firstRun(PageBatch batch, PageEncoding encoding) {
        int run = 0;
        while (batch.runs().encoding(run) != encoding) {
            run++;
        }
        return run;
    }

    private static byte[] uncompressed(PageBatch batch) throws MalformedRecordException {
        byte[] payload = new byte[Math.toIntExact(batch.runs().payloadBytes())];
        try (PayloadCodec codec = new PayloadCodec()) {
            codec.decompress(
                    batch.compression(),
                    batch.payload(),
                    batch.payloadOffset(),
                    batch.payloadLength(),
                    payload,
                    payload.length);
        }
        return payload;
    }

    private static PageBatch with(PageBatch batch, PageRuns runs, PayloadCompression compression, byte[] payload) {
        return new PageBatch(
                batch.round(),
                batch.block(),
                runs,
                batch.unchanged(),
                batch.overflows(),
                compression,
                payload,
                0,
                payload.length);
    }

    private static byte[] encode(StreamRecord record, PageBatch batch) {
        return StreamRecordEncoder.encode(record.withBody(batch));
    }
}
