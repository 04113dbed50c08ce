package io.godwit.transformer.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random calls of several stores against maps that never forget: the cache may know less than they, never anything else. */
final class PageCacheModelTest {
    private static final int PAGE_SIZE = 4096;
    private static final int PAGES = 700;
    private static final int STEPS = 1500;
    private static final long SLAB_COST = PageCacheBudget.slabCost(PAGE_SIZE);

    private final PageCacheBudget budget = new PageCacheBudget(12 * SLAB_COST);
    private long nowMs;
    private final List<PageCacheStore> stores = IntStream.range(0, 3)
            .mapToObj(task -> new PageCacheStore("page-cache", budget, () -> nowMs))
            .toList();

    /** By store, migration, lane and place: the number the page's bytes were made from. */
    private final Map<String, Map<Long, Integer>> model = new HashMap<>();

    private final byte[] source = new byte[PAGE_SIZE];
    private int contents;

    /** Until stores were called after the budget became smaller, they may hold as much as before. */
    private long boundBytes = budget.maxBytes();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aPageInTheCacheEqualsThatPageAfterEveryEarlierRecordOfItsLane(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            int task = random.nextInt(stores.size());
            callOnce(random, task, "vm" + random.nextInt(3), random.nextInt(2));
            assertThat(budget.usedBytes() + budget.pooledBytes())
                    .as("bytes after step %d of seed %d", step, seed)
                    .isLessThanOrEqualTo(boundBytes);
        }
        assertThat(budget.stats().hits()).isPositive();
        assertThat(budget.stats().evictions()).isPositive();
        assertThat(budget.stats().refusals()).isPositive();
    }

    private void callOnce(Random random, int task, String migration, int lane) {
        PageCacheStore store = stores.get(task);
        String name = task + "/" + migration + "/" + lane;
        switch (random.nextInt(40)) {
            case 0 -> {
                store.lane(migration, lane).clear();
                model.remove(name);
            }
            case 1 -> {
                store.drop(migration, lane);
                model.remove(name);
            }
            case 2 -> {
                budget.resize(random.nextInt(14) * SLAB_COST);
                boundBytes = Math.max(boundBytes, budget.maxBytes());
            }
            case 3 -> {
                nowMs += random.nextInt(40_000);
                stores.forEach(PageCacheStore::maintain);
                boundBytes = budget.maxBytes();
            }
            case 4, 5, 6 -> removeSome(random, store.lane(migration, lane), name);
            default -> sendRecord(random, store.lane(migration, lane), name);
        }
    }

    private void sendRecord(Random random, LanePages lane, String name) {
        lane.round(1 + random.nextInt(4));
        int block = random.nextInt(2);
        int first = random.nextInt(PAGES);
        for (int index = first; index < Math.min(PAGES, first + 40); index++) {
            checkThenPut(lane, modelOf(name), block, index);
        }
    }

    private void checkThenPut(LanePages lane, Map<Long, Integer> expected, int block, int index) {
        int frame = lane.find(block, index);
        if (frame != LanePages.NONE) {
            Integer content = expected.get(place(block, index));
            assertThat(content).as("a page that was never put").isNotNull();
            fill(content);
            int offset = lane.offset(frame);
            assertThat(Arrays.equals(lane.bytes(frame), offset, offset + PAGE_SIZE, source, 0, PAGE_SIZE))
                    .as("the bytes of block %d, page %d", block, index)
                    .isTrue();
        }
        fill(++contents);
        boolean cached = lane.put(block, index, source, 0, PAGE_SIZE);
        assertThat(cached || frame == LanePages.NONE)
                .as("a cached page is never declined")
                .isTrue();
        assertThat(lane.find(block, index) != LanePages.NONE).isEqualTo(cached);
        expected.put(place(block, index), contents);
    }

    private void removeSome(Random random, LanePages lane, String name) {
        int block = random.nextInt(2);
        int first = random.nextInt(PAGES);
        int count = random.nextInt(100);
        lane.remove(block, first, count);
        for (int index = first; index < first + count; index++) {
            modelOf(name).remove(place(block, index));
            assertThat(lane.find(block, index)).isEqualTo(LanePages.NONE);
        }
    }

    private Map<Long, Integer> modelOf(String name) {
        return model.computeIfAbsent(name, unused -> new HashMap<>());
    }

    private static long place(int block, long index) {
        return ((long) block << 32) | index;
    }

    private void fill(int content) {
        for (int at = 0; at < PAGE_SIZE; at += Integer.BYTES) {
            source[at] = (byte) content;
            source[at + 1] = (byte) (content >>> 8);
            source[at + 2] = (byte) (content >>> 16);
            source[at + 3] = (byte) (at >>> 4);
        }
    }
}
