package io.godwit.transformer.store;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Pages for tests: small, so that a slab of 256 KiB holds {@value #PER_SLAB}. */
final class Pages {
    static final int SIZE = 4096;
    static final int PER_SLAB = PageCacheBudget.SLAB_BYTES / SIZE;
    static final long SLAB_COST = PageCacheBudget.slabCost(SIZE);

    private Pages() {}

    /** A page of bytes that depend on the content number and on where they are. */
    static byte[] page(long content) {
        ByteBuffer page = ByteBuffer.allocate(SIZE);
        while (page.hasRemaining()) {
            page.putLong((content + 1) * 0x9E3779B97F4A7C15L + page.position());
        }
        return page.array();
    }

    /** Sends pages {@code from} to {@code to - 1} of block 0 as a transformer does. */
    static void send(LanePages lane, int from, int to) {
        for (int index = from; index < to; index++) {
            send(lane, index);
        }
    }

    /** Sends a page of block 0. @return whether it was cached before */
    static boolean send(LanePages lane, long index) {
        boolean hit = lane.find(0, index) != LanePages.NONE;
        lane.put(0, index, page(index), 0, SIZE);
        return hit;
    }

    /** The bytes of a cached page of block 0, or null; asks nothing that counts. */
    static byte[] cached(LanePages lane, int block, long index) {
        int frame = lane.find(block, index);
        return frame == LanePages.NONE
                ? null
                : Arrays.copyOfRange(lane.bytes(frame), lane.offset(frame), lane.offset(frame) + SIZE);
    }
}
