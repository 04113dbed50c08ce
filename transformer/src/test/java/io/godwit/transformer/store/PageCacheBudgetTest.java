package io.godwit.transformer.store;

import static io.godwit.transformer.store.Pages.PER_SLAB;
import static io.godwit.transformer.store.Pages.SLAB_COST;
import static io.godwit.transformer.store.Pages.cached;
import static io.godwit.transformer.store.Pages.page;
import static io.godwit.transformer.store.Pages.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PageCacheBudgetTest {
    private static final int SLABS = 48;
    private static final int PAGES = SLABS * PER_SLAB;

    private final PageCacheBudget budget = new PageCacheBudget(SLABS * SLAB_COST);
    private final Map<String, LanePages> lanes = new HashMap<>();
    private long nowMs;
    private final PageCacheStore first = newStore();
    private final PageCacheStore second = newStore();

    @Test
    void aLaneAloneUsesEverything() {
        sendThrough(first, "a", 0, PAGES);

        assertThat(budget.usedBytes()).isEqualTo(budget.maxBytes());
        assertThat(slabs("a", 0)).isEqualTo(SLABS);
    }

    @Test
    void twoMigrationsOfDifferentTasksEndUpWithHalfEach() {
        sendThrough(first, "a", 0, PAGES);

        sendInTurns(() -> sendThrough(second, "b", 0, PAGES), () -> first.lane("a", 0));

        assertThat(slabs("a", 0)).isCloseTo(SLABS / 2, within(2));
        assertThat(slabs("b", 0)).isCloseTo(SLABS / 2, within(2));
    }

    @Test
    void twoMigrationsOfOneTaskEndUpWithHalfEachWithoutAnyOtherCall() {
        sendThrough(first, "a", 0, PAGES);

        sendThrough(first, "b", 0, PAGES);

        assertThat(slabs("a", 0)).isCloseTo(SLABS / 2, within(2));
        assertThat(slabs("b", 0)).isCloseTo(SLABS / 2, within(2));
    }

    @Test
    void aMigrationWithManyLanesGetsNoMoreThanOneWithOne() {
        for (int lane = 0; lane < 4; lane++) {
            sendThrough(first, "many", lane, PAGES);
        }

        sendInTurns(() -> sendThrough(second, "one", 0, PAGES), () -> first.lane("many", 0));

        assertThat(slabs("one", 0)).isCloseTo(SLABS / 2, within(3));
        assertThat(IntStream.range(0, 4).map(lane -> slabs("many", lane)))
                .allSatisfy(slabs -> assertThat(slabs).isCloseTo(SLABS / 8, within(3)));
    }

    @Test
    void aSmallMigrationKeepsAllItWantsAndTheOthersShareTheRest() {
        sendThrough(first, "small", 0, 4 * PER_SLAB);
        sendThrough(first, "a", 0, PAGES);

        sendInTurns(() -> sendThrough(second, "b", 0, PAGES), () -> first.lane("a", 0));

        assertThat(slabs("small", 0)).isEqualTo(4);
        assertThat(slabs("a", 0)).isCloseTo(22, within(2));
        assertThat(slabs("b", 0)).isCloseTo(22, within(2));
    }

    @Test
    void aBulkRoundTakesNoHotPageFromAnotherMigration() {
        LanePages hot = sendAgain(first, "hot", PAGES);

        sendInTurns(() -> sendThrough(second, "bulk", 0, PAGES), () -> first.lane("hot", 0));

        assertThat(slabs("bulk", 0)).isZero();
        assertThat(hot.size()).isEqualTo(PAGES);
    }

    @Test
    void aBulkRoundTakesAllThatIsKnownToBeCold() {
        sendThrough(first, "a", 0, PAGES);
        // A whole round, and the begin of the next: now what was not sent again is cold.
        for (int round = 2; round <= 3; round++) {
            first.lane("a", 0).round(round);
            sendThrough(first, "a", 0, PAGES * 5 / 8);
        }

        sendInTurns(() -> sendThrough(second, "bulk", 0, PAGES), () -> first.lane("a", 0));

        assertThat(slabs("bulk", 0)).isEqualTo(SLABS * 3 / 8);
        for (int index = 0; index < PAGES * 5 / 8; index++) {
            assertThat(first.lane("a", 0).find(0, index)).isNotEqualTo(LanePages.NONE);
        }
    }

    @Test
    void hotPagesOfTwoMigrationsEndUpWithHalfEach() {
        sendAgain(first, "a", PAGES);

        sendInTurns(() -> sendAgain(second, "b", PAGES), () -> first.lane("a", 0));

        assertThat(slabs("a", 0)).isCloseTo(SLABS / 2, within(2));
        assertThat(slabs("b", 0)).isCloseTo(SLABS / 2, within(2));
    }

    @Test
    void hotPagesTakeThePlaceOfPagesThatWereSentOnce() {
        sendThrough(first, "a", 0, PAGES);
        first.lane("a", 0).round(2);
        sendThrough(first, "a", 0, 8 * PER_SLAB);

        sendInTurns(() -> sendAgain(second, "b", 40 * PER_SLAB), () -> first.lane("a", 0));

        assertThat(slabs("b", 0)).isEqualTo(40);
        assertThat(IntStream.range(0, 8 * PER_SLAB).allMatch(index -> send(first.lane("a", 0), index)))
                .isTrue();
    }

    @Test
    void aLaneIsNeverShrunkByAnotherTasksThread() {
        sendThrough(first, "a", 0, PAGES);
        LanePages owing = first.lane("a", 0);

        sendThrough(second, "b", 0, PAGES);

        assertThat(owing.size()).isEqualTo(PAGES);
        assertThat(slabs("b", 0)).isZero();

        first.maintain();
        assertThat(owing.size()).isLessThan(PAGES);
    }

    @Test
    void whatALaneGaveBackIsKeptForTheOneThatAsked() {
        sendThrough(first, "a", 0, PAGES);
        sendThrough(second, "b", 0, PER_SLAB);

        sendThrough(first, "a", 0, PAGES);
        int given = SLABS - slabs("a", 0);
        sendThrough(second, "b", 0, given * PER_SLAB);

        assertThat(given).isPositive();
        assertThat(slabs("b", 0)).isEqualTo(given);
    }

    @Test
    void whatWasAskedForAndNotTakenIsFreeAgainAfterMaintenance() {
        sendThrough(first, "a", 0, PAGES);
        sendThrough(second, "b", 0, 1);
        first.maintain();

        second.maintain();
        sendThrough(first, "a", 0, 2 * PAGES);

        assertThat(slabs("a", 0)).isEqualTo(SLABS);
    }

    @Test
    void aLaneThatIsIdleGivesEverythingToWhoeverNeedsIt() {
        sendThrough(first, "idle", 0, PAGES);
        nowMs += PageCacheStore.IDLE_MS;
        first.maintain();
        assertThat(slabs("idle", 0)).as("as long as nobody needs it").isEqualTo(SLABS);
        nowMs += PageCacheStore.IDLE_MS;

        sendInTurns(() -> sendThrough(second, "b", 0, PAGES), first::maintain);

        assertThat(slabs("b", 0)).isEqualTo(SLABS);
    }

    @Test
    void aLaneThatIsDroppedLeavesItsMemoryToOthers() {
        sendThrough(first, "a", 0, PAGES);
        sendThrough(second, "b", 0, PAGES);

        first.drop("a", 0);
        sendThrough(second, "b", 0, PAGES);

        assertThat(slabs("b", 0)).isEqualTo(SLABS);
    }

    @Test
    void resizingTakesFromTheLaneThatHoldsMost() {
        sendThrough(first, "a", 0, 30 * PER_SLAB);
        sendThrough(second, "b", 0, 10 * PER_SLAB);

        budget.resize(20 * SLAB_COST);
        first.maintain();
        second.maintain();

        assertThat(slabs("a", 0)).isEqualTo(10);
        assertThat(slabs("b", 0)).isEqualTo(10);
    }

    @Test
    void preTouchAllocatesWhatIsAllowedAndLanesTakeIt() {
        budget.preTouch();
        assertThat(budget.pooledBytes()).isEqualTo(budget.maxBytes());

        sendThrough(first, "a", 0, 10 * PER_SLAB);

        assertThat(budget.pooledBytes()).isEqualTo(38 * SLAB_COST);
        assertThat(budget.usedBytes()).isEqualTo(10 * SLAB_COST);

        budget.resize(5 * SLAB_COST);
        assertThat(budget.pooledBytes()).isZero();
    }

    @Test
    void preTouchStopsWhenItsThreadIsInterrupted() throws Exception {
        Thread.currentThread().interrupt();
        budget.preTouch();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(budget.pooledBytes()).isZero();
    }

    @Test
    void theIndexIsCountedWithTheSlabsItBelongsTo() {
        PageCacheStore store = newStore();
        for (int size = PER_SLAB; size <= PAGES; size += PER_SLAB) {
            LanePages lane = store.lane("a", 0);
            send(lane, size - PER_SLAB, size);
            assertThat(lane.indexBytes())
                    .as("index of %d pages", size)
                    .isLessThanOrEqualTo((long) size * PageCacheBudget.INDEX_BYTES_PER_FRAME);
        }
        for (int slabs = SLABS; slabs > 0; slabs--) {
            budget.resize(slabs * SLAB_COST);
            LanePages lane = store.lane("a", 0);
            assertThat(lane.indexBytes())
                    .as("index after the cache shrank to %d slabs", slabs)
                    .isLessThanOrEqualTo((long) lane.size() * PageCacheBudget.INDEX_BYTES_PER_FRAME);
        }
    }

    @Test
    void aNegativeSizeIsTheCallersMistake() {
        assertThatThrownBy(() -> new PageCacheBudget(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("page cache size -1 is negative");
        assertThatThrownBy(() -> budget.resize(-5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tasksOnTheirOwnThreadsShareAndResizeWithoutDamage() throws Exception {
        int tasks = 4;
        ExecutorService threads = Executors.newFixedThreadPool(tasks + 1);
        List<Future<?>> ends = new ArrayList<>();
        for (int task = 0; task < tasks; task++) {
            String migration = "vm" + task % 3;
            ends.add(threads.submit(() -> runTask(newStore(), migration)));
        }
        ends.add(threads.submit(() -> IntStream.range(0, 2000).forEach(i -> budget.resize((i % SLABS) * SLAB_COST))));
        threads.shutdown();
        for (Future<?> end : ends) {
            end.get();
        }

        assertThat(budget.usedBytes()).isZero();
    }

    /** Sends rounds of pages, each with its own bytes, and fails when the cache has other bytes. */
    private static void runTask(PageCacheStore store, String migration) {
        for (int round = 1; round <= 20; round++) {
            LanePages lane = store.lane(migration, 0);
            lane.round(round);
            for (int index = 0; index < 1000; index++) {
                byte[] found = cached(lane, 0, index);
                if (found != null) {
                    assertThat(found).isEqualTo(page(index % 7));
                }
                lane.put(0, index, page(index % 7), 0, Pages.SIZE);
            }
            store.maintain();
        }
        store.drop(migration, 0);
    }

    private PageCacheStore newStore() {
        return new PageCacheStore("page-cache", budget, () -> nowMs);
    }

    /** Sends pages of a migration's lane, in records of one slab each. */
    private void sendThrough(PageCacheStore store, String migration, int lane, int pages) {
        for (int index = 0; index < pages; index += PER_SLAB) {
            LanePages lanePages = store.lane(migration, lane);
            lanes.put(migration + lane, lanePages);
            send(lanePages, index, Math.min(pages, index + PER_SLAB));
        }
    }

    /** Sends the bulk round of some pages, and all of them in each of two rounds more. */
    private LanePages sendAgain(PageCacheStore store, String migration, int pages) {
        for (int round = 1; round <= 3; round++) {
            store.lane(migration, 0).round(round);
            sendThrough(store, migration, 0, pages);
        }
        return lanes.get(migration + 0);
    }

    /** One task works, then another, until nothing more moves between them. */
    private static void sendInTurns(Runnable one, Runnable other) {
        for (int turn = 0; turn < 10; turn++) {
            one.run();
            other.run();
        }
    }

    /** What a lane holds, without calling its store: that would make it pay. */
    private int slabs(String migration, int lane) {
        return (int) (lanes.get(migration + lane).heldBytes() / SLAB_COST);
    }
}
