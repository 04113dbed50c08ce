package io.godwit.transformer.processor;

import io.godwit.codec.FillPage;
import io.godwit.hash.PageHash;
import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.transformer.store.LanePages;
import io.godwit.transformer.store.PageCacheBudget;
import io.godwit.transformer.store.PageCacheStoreBuilder;
import java.time.Duration;
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

    /** Pages that are sent again and again, and how their source would compress them. */
    private record Content(long firstPage, byte[] bytes, PayloadCompression compression) {}

    private final Random random = new Random(1);
    private final PayloadCodec codec = new PayloadCodec();
    private final StreamRecordDecoder decoder = new StreamRecordDecoder();
    private final XbzrlePages xbzrle = new XbzrlePages();
    private final BatchEncoder encoder;
    private final LanePages pages = new PageCacheStoreBuilder("warm-up", new PageCacheBudget(CACHE_BYTES))
            .build()
            .lane(LANE.migration(), LANE.lane());
    private final LaneUpdate update = new LaneUpdate();
    private final List<Content> contents;
    private final byte[] compressed = new byte[PayloadCodec.maxCompressedLength(PAGES * PAGE_SIZE)];
    private long sequence;

    private WarmUp(PayloadCompression compression) {
        encoder = new BatchEncoder(compression, codec);
        byte[] noise = new byte[PAGES * PAGE_SIZE];
        random.nextBytes(noise);
        contents = List.of(
                new Content(0, symbols(16), PayloadCompression.ZSTD),
                new Content(PAGES, noise, PayloadCompression.NONE),
                new Content(2 * PAGES, symbols(1), PayloadCompression.ZSTD));
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
        StreamRecord record = new StreamRecord(LANE.migration(), 1, LANE.lane(), sequence++, batch(content));
        byte[] value = StreamRecordEncoder.encode(record);
        StreamRecord read = decoder.decode(value);
        update.begin(LANE, value, read, pages, LaneOrder.advance(pages, read));
        update.work().open((PageBatch) read.body(), codec);
        update.refine();
        ZeroPages.refine(update.work());
        xbzrle.refine(update.work(), pages);
        encoder.encode(update);
    }

    private PageBatch batch(Content content) {
        byte[] bytes = content.bytes();
        long checksum = 0;
        for (int page = 0; page < PAGES; page++) {
            checksum += hash(bytes, page * PAGE_SIZE, content.firstPage() + page);
        }
        PageRuns runs = new PageRuns(1);
        runs.add(content.firstPage(), PAGES, PageEncoding.NORMAL, bytes.length, checksum);
        if (content.compression() == PayloadCompression.NONE) {
            return new PageBatch(1, 0, runs, 0, 0, PayloadCompression.NONE, bytes, 0, bytes.length);
        }
        int length = codec.compress(content.compression(), bytes, 0, bytes.length, compressed);
        return new PageBatch(1, 0, runs, 0, 0, content.compression(), compressed, 0, length);
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
