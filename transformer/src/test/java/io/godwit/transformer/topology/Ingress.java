package io.godwit.transformer.topology;

import io.godwit.hash.PageHash;
import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.Manifest;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.RamBlock;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import io.godwit.topic.Lanes;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/** Records as a source agent would write them. */
final class Ingress {
    static final int PAGE = 4096;

    private Ingress() {}

    static StreamRecord start(String migration, int attempt, String stream) {
        Manifest manifest = new Manifest(PAGE, List.of(new RamBlock("ram", 1L << 30)));
        return new StreamRecord(
                migration,
                attempt,
                0,
                0,
                new StreamStart(stream, manifest, 1, Lanes.STRIPE_PAGES, List.of(), "test", 1));
    }

    static StreamRecord start() {
        return start("a", 1, "stream-a");
    }

    static StreamRecord roundEnd(long sequence) {
        return new StreamRecord("a", 1, 0, sequence, new RoundEnd(1));
    }

    static StreamRecord end(long sequence) {
        return new StreamRecord("a", 1, 0, sequence, new EndOfStream(1, 2));
    }

    static StreamRecord batch(long sequence, PageBatch batch) {
        return new StreamRecord("a", 1, 0, sequence, batch);
    }

    /** One NORMAL run of whole pages from page {@code index} of block 0 on. */
    static StreamRecord pages(long sequence, long index, byte[]... pages) {
        return batch(sequence, normal(PayloadCompression.NONE, index, pages));
    }

    static PageBatch normal(PayloadCompression compression, long index, byte[]... pages) {
        PageRuns runs = new PageRuns(1);
        runs.add(index, pages.length, PageEncoding.NORMAL, pages.length * pages[0].length, checksum(index, pages));
        return batch(compression, runs, pages);
    }

    /** A batch of block 0 whose payload is {@code parts} one after the other. */
    static PageBatch batch(PayloadCompression compression, PageRuns runs, byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        byte[] payload = compress(compression, joined.toByteArray());
        return new PageBatch(1, 0, runs, 0, 0, compression, payload, 0, payload.length);
    }

    static long checksum(long index, byte[]... pages) {
        long sum = 0;
        for (int page = 0; page < pages.length; page++) {
            sum += hash(pages[page], 0, pages[page].length, index + page);
        }
        return sum;
    }

    static long hash(byte[] bytes, int offset, int length, long index) {
        for (int i = 0; i < length; i++) {
            if (bytes[offset + i] != 0) {
                return PageHash.ofNonZero(bytes, offset, length, 0, index);
            }
        }
        return PageHash.ZERO;
    }

    static byte[] compress(PayloadCompression compression, byte[] bytes) {
        if (compression == PayloadCompression.NONE) {
            return bytes;
        }
        try (PayloadCodec codec = new PayloadCodec()) {
            byte[] output = new byte[PayloadCodec.maxCompressedLength(bytes.length)];
            int length = codec.compress(compression, bytes, 0, bytes.length, output);
            return Arrays.copyOf(output, length);
        }
    }
}
