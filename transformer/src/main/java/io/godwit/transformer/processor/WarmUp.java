package io.godwit.transformer.processor;

import io.godwit.codec.FillPage;
import io.godwit.hash.PageDigest;
import io.godwit.hash.PageHash;
import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.CheckpointChunk;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.record.WireFormat;
import io.godwit.transformer.checkpoint.CheckpointIndexStore;
import io.godwit.transformer.checkpoint.CheckpointIndexStoreBuilder;
import io.godwit.transformer.store.LanePages;
import io.godwit.transformer.store.PageCacheBudget;
import io.godwit.transformer.store.PageCacheStoreBuilder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Sends made-up batches through what the processors do with real ones, so that the first migration, which may be over in two
 * seconds, meets compiled code. One thread, once.
 */
public final class WarmUp implements AutoCloseable {
    private static final int PAGE_SIZE = 4096;
    private static final int PAGES = PageBatch.DEFAULT_PAGES;
    private static final long CACHE_BYTES = 4 << 20;
    private static final LaneKey LANE = new LaneKey("warm-up", 0);

    private static final String CHECKPOINT = "0".repeat(2 * PageDigest.BYTES);

    /**
     * Pages that are sent again and again, and how their source would compress them.
     *
     * @param firstPage where, or {@link #ELSEWHERE} for other places each time: then they are no deltas
     */
    private record Content(long firstPage, byte[] bytes, PayloadCompression compression) {
        static final long ELSEWHERE = -1;
    }

    private final Random random = new Random(1);
    private final PayloadCodec codec = new PayloadCodec();
    private final StreamRecordDecoder decoder = new StreamRecordDecoder();
    private final XbzrlePages xbzrle = new XbzrlePages();
    private final CheckpointPages checkpoints;
    private final BatchEncoder encoder;
    private final LanePages pages = new PageCacheStoreBuilder("warm-up", new PageCacheBudget(CACHE_BYTES))
            .build()
            .lane(LANE.migration(), LANE.lane());
    private final LaneUpdate update = new LaneUpdate();
    private final List<Content> contents;
    private final byte[] compressed = new byte[PayloadCodec.maxCompressedLength(PAGES * PAGE_SIZE)];
    private long sequence;

    private WarmUp(PayloadCompression compression) {
        encoder = new BatchEncoder(compression, WireFormat.SINGLE_OBJECT, codec);
        byte[] noise = new byte[PAGES * PAGE_SIZE];
        random.nextBytes(noise);
        contents = List.of(
                new Content(0, symbols(16), PayloadCompression.ZSTD),
                new Content(PAGES, noise, PayloadCompression.NONE),
                new Content(2 * PAGES, symbols(1), PayloadCompression.ZSTD),
                new Content(Content.ELSEWHERE, noise.clone(), PayloadCompression.NONE));
        checkpoints = new CheckpointPages(indexOfEverySecondPage(noise));
    }

    /**
     * Runs for a while.
     *
     * @param compression what the streams are compressed with
     */
    public static void run(PayloadCompression compression, Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        try (WarmUp warmUp = new WarmUp(compression)) {
            while (System.nanoTime() < end) {
                for (Content content : warmUp.contents) {
                    warmUp.turn(content);
                }
            }
        } catch (MalformedRecordException e) {
            throw new IllegalStateException("a batch made for warming up is not readable", e);
        }
    }

    /** Sends pages once, then with edits: the second time they are deltas. */
    private void turn(Content content) throws MalformedRecordException {
        byte[] bytes = content.bytes();
        for (int offset = 0; offset < bytes.length; offset += PAGE_SIZE * 2) {
            bytes[offset + random.nextInt(PAGE_SIZE)]++;
        }
        long firstPage = content.firstPage() == Content.ELSEWHERE ? sequence * PAGES : content.firstPage();
        StreamRecord record = new StreamRecord(LANE.migration(), 1, LANE.lane(), sequence++, batch(content, firstPage));
        byte[] value = StreamRecordEncoder.encode(record);
        StreamRecord read = decoder.decode(value);
        update.begin(LANE, value, read, pages, LaneOrder.advance(pages, read));
        update.work().open((PageBatch) read.body(), codec);
        update.refine();
        ZeroPages.refine(update.work());
        xbzrle.refine(update.work(), pages);
        checkpoints.refine(update.work(), List.of(CHECKPOINT));
        encoder.encode(update);
    }

    private PageBatch batch(Content content, long firstPage) {
        byte[] bytes = content.bytes();
        long checksum = 0;
        for (int page = 0; page < PAGES; page++) {
            checksum += hash(bytes, page * PAGE_SIZE, firstPage + page);
        }
        PageRuns runs = new PageRuns(1);
        runs.add(firstPage, PAGES, PageEncoding.NORMAL, bytes.length, checksum);
        if (content.compression() == PayloadCompression.NONE) {
            return new PageBatch(1, 0, runs, 0, 0, PayloadCompression.NONE, bytes, 0, bytes.length);
        }
        int length = codec.compress(content.compression(), bytes, 0, bytes.length, compressed);
        return new PageBatch(1, 0, runs, 0, 0, content.compression(), compressed, 0, length);
    }

    /** A checkpoint of the pages that {@link #turn} does not edit. */
    private static CheckpointIndexStore indexOfEverySecondPage(byte[] bytes) {
        byte[][] digests = new byte[PAGES / 2][PageDigest.BYTES];
        PageDigest sha256 = new PageDigest();
        for (int page = 0; page < digests.length; page++) {
            sha256.digest(bytes, (2 * page + 1) * PAGE_SIZE, PAGE_SIZE, digests[page], 0);
        }
        Arrays.sort(digests, Arrays::compareUnsigned);
        byte[] hashes = new byte[digests.length * PageDigest.BYTES];
        for (int page = 0; page < digests.length; page++) {
            System.arraycopy(digests[page], 0, hashes, page * PageDigest.BYTES, PageDigest.BYTES);
        }
        CheckpointIndexStore index = new CheckpointIndexStoreBuilder("warm-up", Long.MAX_VALUE).build();
        index.put(new CheckpointChunk(CHECKPOINT, PAGE_SIZE, 0, 1, hashes));
        return index;
    }

    private static long hash(byte[] bytes, int offset, long index) {
        boolean zero = bytes[offset] == 0 && FillPage.isFill(bytes, offset, PAGE_SIZE);
        return zero ? PageHash.ZERO : PageHash.ofNonZero(bytes, offset, PAGE_SIZE, 0, index);
    }

    private byte[] symbols(int number) {
        byte[] bytes = new byte[PAGES * PAGE_SIZE];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ('a' + random.nextInt(number));
        }
        return bytes;
    }

    @Override
    public void close() {
        pages.clear();
        codec.close();
    }
}
