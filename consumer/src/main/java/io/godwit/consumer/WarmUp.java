package io.godwit.consumer;

import io.godwit.codec.MalformedDeltaException;
import io.godwit.codec.Xbzrle;
import io.godwit.codec.ZeroPage;
import io.godwit.hash.PageHash;
import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.Manifest;
import io.godwit.record.PageBatch;
import java.time.Duration;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * Runs what a receiver spends its time in on pages of its own, while it waits for the first record: a migration lasts seconds,
 * and a cold JVM takes a good part of one.
 */
final class WarmUp {
    private static final Duration LIMIT = Duration.ofMillis(500);
    private static final int PAGE_SIZE = Manifest.DEFAULT_PAGE_SIZE;
    private static final int BYTES = PageBatch.DEFAULT_PAGES * PAGE_SIZE;
    private static final int DISTINCT_VALUES = 16;
    private static final int CHANGED_BYTES = 16;

    private final byte[] pages = new byte[BYTES];
    private final byte[] base = new byte[BYTES];
    private final byte[] compressed = new byte[PayloadCodec.maxCompressedLength(BYTES)];
    private final byte[] output = new byte[BYTES];
    private final byte[] delta = new byte[PAGE_SIZE];

    private WarmUp() {
        Random random = new Random(1);
        for (int i = 0; i < BYTES; i++) {
            base[i] = (byte) random.nextInt(DISTINCT_VALUES);
        }
        System.arraycopy(base, 0, pages, 0, BYTES);
        for (int page = 0; page < PageBatch.DEFAULT_PAGES; page++) {
            for (int i = 0; i < CHANGED_BYTES; i++) {
                pages[page * PAGE_SIZE + random.nextInt(PAGE_SIZE)] ^= 1;
            }
        }
    }

    /** Runs until {@code enough} says so, at most half a second. */
    static void run(BooleanSupplier enough) {
        long end = System.nanoTime() + LIMIT.toNanos();
        WarmUp warmUp = new WarmUp();
        try (PayloadCodec codec = new PayloadCodec()) {
            while (!enough.getAsBoolean() && System.nanoTime() < end) {
                warmUp.round(codec, PayloadCompression.LZ4);
                warmUp.round(codec, PayloadCompression.ZSTD);
            }
        } catch (MalformedRecordException | MalformedDeltaException e) {
            throw new IllegalStateException("what was just encoded cannot be decoded", e);
        }
    }

    private void round(PayloadCodec codec, PayloadCompression compression)
            throws MalformedRecordException, MalformedDeltaException {
        int length = codec.compress(compression, pages, 0, BYTES, compressed);
        codec.decompress(compression, compressed, 0, length, output, BYTES);
        long sum = 0;
        for (int page = 0; page < PageBatch.DEFAULT_PAGES; page++) {
            int offset = page * PAGE_SIZE;
            int deltaLength = Xbzrle.encode(base, offset, pages, offset, PAGE_SIZE, delta, 0);
            System.arraycopy(base, offset, output, offset, PAGE_SIZE);
            Xbzrle.decode(delta, 0, deltaLength, output, offset, PAGE_SIZE);
            if (!ZeroPage.isZero(output, offset, PAGE_SIZE)) {
                sum += PageHash.ofNonZero(output, offset, PAGE_SIZE, 0, page);
            }
        }
        if (sum == 0) {
            throw new IllegalStateException("pages that are not zero have the digest of zero pages");
        }
    }
}
