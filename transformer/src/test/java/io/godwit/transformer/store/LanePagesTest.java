package io.godwit.transformer.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class LanePagesTest {
    private static final int PAGE_SIZE = 4096;

    private final PageCacheBudget budget = new PageCacheBudget(1 << 20);
    private final PageCacheStore store = new PageCacheStore("page-cache", budget, () -> 0);
    private final LanePages lane = store.lane("vm", 0);

    @Test
    void aPageThatWasPutIsFoundWithItsBytes() {
        lane.put(1, 7, page(42), 0, PAGE_SIZE);

        assertThat(cached(1, 7)).isEqualTo(page(42));
        assertThat(lane.find(0, 7)).isEqualTo(LanePages.NONE);
        assertThat(lane.find(1, 8)).isEqualTo(LanePages.NONE);
    }

    private byte[] cached(int block, long index) {
        int frame = lane.find(block, index);
        return Arrays.copyOfRange(lane.bytes(frame), lane.offset(frame), lane.offset(frame) + PAGE_SIZE);
    }

    private static byte[] page(int value) {
        byte[] page = new byte[PAGE_SIZE];
        Arrays.fill(page, (byte) value);
        return page;
    }
}
