package io.godwit.consumer.apply;

import io.godwit.checkpoint.local.KnownPages;
import io.godwit.codec.Xbzrle;
import io.godwit.hash.PageDigest;
import io.godwit.hash.PageHash;
import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.Manifest;
import io.godwit.record.Origin;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.RamBlock;
import io.godwit.record.StreamBody;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.topic.Lanes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A guest's memory, and the stream that carries it: what source and transformer would write, record by record, with nothing of
 * the consumer in it.
 */
public final class StreamScript {
    public static final String MIGRATION = "vm1";
    public static final String STREAM = "stream-1";
    static final int PAGE_SIZE = 512;
    static final int STRIPE_PAGES = 4;

    final Manifest manifest;
    public final Lanes lanes;
    /** The guest's memory, by block. */
    public final byte[][] memory;
    /** What every lane's partition holds. */
    public final List<List<byte[]>> log = new ArrayList<>();

    /** What the ingress holds, as far as streams are made from it. */
    final Map<Origin, PageBatch> ingress = new HashMap<>();
    /** What stream records were made from, by the record. */
    private final IdentityHashMap<byte[], Origin> origins = new IdentityHashMap<>();

    final long[] sequences;
    int attempt;
    String stream = STREAM;
    String source = "ram-dir";
    List<String> checkpoints = List.of();
    /** The checkpoints on the target's host. */
    HeldCheckpoints held = (ids, pageSize) -> KnownPages.NONE;

    public StreamScript(int laneCount, int... blockPages) {
        List<RamBlock> blocks = new ArrayList<>();
        memory = new byte[blockPages.length][];
        for (int block = 0; block < blockPages.length; block++) {
            blocks.add(new RamBlock("block" + block, (long) blockPages[block] * PAGE_SIZE));
            memory[block] = new byte[blockPages[block] * PAGE_SIZE];
        }
        manifest = new Manifest(PAGE_SIZE, blocks);
        lanes = new Lanes(manifest, laneCount, STRIPE_PAGES);
        sequences = new long[laneCount];
        for (int lane = 0; lane < laneCount; lane++) {
            log.add(new ArrayList<>());
        }
    }

    /** Begins an attempt in every lane. */
    public StreamScript begin(int newAttempt) {
        attempt = newAttempt;
        for (int lane = 0; lane < lanes.lanes(); lane++) {
            sequences[lane] = 0;
            add(lane, start());
        }
        return this;
    }

    StreamStart start() {
        return new StreamStart(stream, manifest, lanes.lanes(), STRIPE_PAGES, checkpoints, source, 1);
    }

    public StreamScript endRound(int round) {
        for (int lane = 0; lane < lanes.lanes(); lane++) {
            add(lane, new RoundEnd(round));
        }
        return this;
    }

    public StreamScript end() {
        for (int lane = 0; lane < lanes.lanes(); lane++) {
            add(lane, endOf(lane));
        }
        return this;
    }

    EndOfStream endOf(int lane) {
        return new EndOfStream(lanes.pagesOf(lane), digest(lane));
    }

    /** Appends the lane's next record. */
    public void add(int lane, StreamBody body) {
        log.get(lane).add(encode(lane, sequences[lane]++, body));
    }

    /** Null where the record does not tell. */
    Origin originOf(byte[] record) {
        return origins.get(record);
    }

    /** The ingress, as a target reads it again. */
    public OriginalRecords originals() {
        return new OriginalRecords() {
            @Override
            public PageBatch batchOf(StreamRecord record, Origin origin) throws LostRecordException {
                PageBatch batch = ingress.get(origin);
                if (batch == null) {
                    throw new LostRecordException("at " + origin + " there is no record any more");
                }
                return batch;
            }

            @Override
            public void close() {}
        };
    }

    static byte[] sha256(byte[] page) {
        byte[] digest = new byte[PageDigest.BYTES];
        new PageDigest().digest(page, 0, page.length, digest, 0);
        return digest;
    }

    byte[] encode(int lane, long sequence, StreamBody body) {
        return StreamRecordEncoder.encode(new StreamRecord(MIGRATION, attempt, lane, sequence, body));
    }

    public Batch batch(int round, int block) {
        return new Batch(round, block);
    }

    byte[] page(int block, long index) {
        int from = Math.toIntExact(index * PAGE_SIZE);
        return Arrays.copyOfRange(memory[block], from, from + PAGE_SIZE);
    }

    void setPage(int block, long index, byte[] page) {
        System.arraycopy(page, 0, memory[block], Math.toIntExact(index * PAGE_SIZE), PAGE_SIZE);
    }

    /** The lane's digest, as the source would give it. */
    long digest(int lane) {
        long digest = 0;
        for (int block = 0; block < memory.length; block++) {
            for (int index = 0; index < manifest.pages(block); index++) {
                digest += lanes.laneOf(block, index) == lane ? hash(block, index, page(block, index)) : 0;
            }
        }
        return digest;
    }

    static long hash(int block, long index, byte[] page) {
        return Arrays.equals(page, new byte[PAGE_SIZE]) ? 0 : PageHash.ofNonZero(page, 0, PAGE_SIZE, block, index);
    }

    public static byte[] filled(int value) {
        byte[] page = new byte[PAGE_SIZE];
        Arrays.fill(page, (byte) value);
        return page;
    }

    /** Writes pages of the guest and the runs that carry them. */
    public final class Batch {
        private final int round;
        private final int block;
        private final PageRuns runs = new PageRuns(1);
        private final ByteArrayOutputStream payload = new ByteArrayOutputStream();
        private PayloadCompression compression = PayloadCompression.NONE;
        private int unchanged;
        /** The pages of {@code HASH} runs, as the source sent them. */
        private final PageRuns originalRuns = new PageRuns(1);

        private final ByteArrayOutputStream originalPayload = new ByteArrayOutputStream();

        private Batch(int round, int block) {
            this.round = round;
            this.block = block;
        }

        public Batch normal(long index, byte[]... pages) {
            long sum = 0;
            for (int i = 0; i < pages.length; i++) {
                setPage(block, index + i, pages[i]);
                payload.writeBytes(pages[i]);
                sum += hash(block, index + i, pages[i]);
            }
            runs.add(index, pages.length, PageEncoding.NORMAL, pages.length * PAGE_SIZE, sum);
            return this;
        }

        Batch zero(long index, int count) {
            for (int i = 0; i < count; i++) {
                setPage(block, index + i, new byte[PAGE_SIZE]);
            }
            runs.add(index, count, PageEncoding.ZERO, 0, 0);
            return this;
        }

        Batch fill(long index, int count, int value) {
            long sum = 0;
            for (int i = 0; i < count; i++) {
                setPage(block, index + i, filled(value));
                sum += hash(block, index + i, filled(value));
            }
            payload.write(value);
            runs.add(index, count, PageEncoding.FILL, 1, sum);
            return this;
        }

        /** Sends {@code page} as a delta against the page as it stands; in full where there is none. */
        Batch delta(long index, byte[] page) {
            byte[] delta = new byte[PAGE_SIZE];
            int length = Xbzrle.encode(page(block, index), page, delta);
            if (length == Xbzrle.OVERFLOW) {
                return normal(index, page);
            }
            if (length == 0) {
                unchanged++;
                return this;
            }
            return delta(index, page, Arrays.copyOf(delta, length));
        }

        /** Sends bytes of one's own as the delta that makes {@code page}. */
        Batch delta(long index, byte[] page, byte[] delta) {
            setPage(block, index, page);
            payload.writeBytes(delta);
            runs.add(index, 1, PageEncoding.XBZRLE, delta.length, hash(block, index, page));
            return this;
        }

        /** Names pages by their digests. */
        Batch named(long index, byte[]... pages) {
            long sum = 0;
            for (int i = 0; i < pages.length; i++) {
                setPage(block, index + i, pages[i]);
                payload.writeBytes(sha256(pages[i]));
                originalPayload.writeBytes(pages[i]);
                sum += StreamScript.hash(block, index + i, pages[i]);
            }
            runs.add(index, pages.length, PageEncoding.HASH, pages.length * PageEncoding.HASH_BYTES, sum);
            originalRuns.add(index, pages.length, PageEncoding.NORMAL, pages.length * PAGE_SIZE, sum);
            return this;
        }

        Batch run(long index, int count, PageEncoding encoding, byte[] bytes, long checksum) {
            payload.writeBytes(bytes);
            runs.add(index, count, encoding, bytes.length, checksum);
            return this;
        }

        Batch compressed(PayloadCompression with) {
            compression = with;
            return this;
        }

        PageBatch build() {
            byte[] bytes = payload.toByteArray();
            int length = bytes.length;
            if (compression != PayloadCompression.NONE) {
                byte[] output = new byte[PayloadCodec.maxCompressedLength(length)];
                try (PayloadCodec codec = new PayloadCodec()) {
                    length = codec.compress(compression, bytes, 0, length, output);
                }
                bytes = output;
            }
            return new PageBatch(round, block, runs, unchanged, 0, compression, bytes, 0, length);
        }

        /** Appends the batch to the lane. */
        public void send(int lane) {
            Origin origin = new Origin(lane, ingress.size());
            byte[] pages = originalPayload.toByteArray();
            ingress.put(
                    origin,
                    new PageBatch(round, block, originalRuns, 0, 0, PayloadCompression.NONE, pages, 0, pages.length));
            add(lane, build());
            origins.put(log.get(lane).get(log.get(lane).size() - 1), origin);
        }
    }
}
