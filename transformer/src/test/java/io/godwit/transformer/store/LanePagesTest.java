package io.godwit.transformer.store;

import static io.godwit.transformer.store.Pages.PER_SLAB;
import static io.godwit.transformer.store.Pages.SIZE;
import static io.godwit.transformer.store.Pages.SLAB_COST;
import static io.godwit.transformer.store.Pages.cached;
import static io.godwit.transformer.store.Pages.page;
import static io.godwit.transformer.store.Pages.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LanePagesTest {
    private static final int FRAMES = 4 * PER_SLAB;

    private final PageCacheBudget budget = new PageCacheBudget(4 * SLAB_COST);
    private final PageCacheStore store = new PageCacheStore("page-cache", budget, () -> 0);
    private final LanePages lane = store.lane("vm", 0);

    @Test
    void aPageThatWasPutIsFoundWithItsBytes() {
        assertThat(lane.put(1, 7, page(42), 0, SIZE)).isTrue();

        assertThat(cached(lane, 1, 7)).isEqualTo(page(42));
        assertThat(cached(lane, 0, 7)).isNull();
        assertThat(cached(lane, 1, 8)).isNull();
        assertThat(lane.size()).isEqualTo(1);
    }

    @Test
    void thePageIsReadFromWhereItLiesInTheSource() {
        byte[] source = new byte[3 * SIZE];
        System.arraycopy(page(5), 0, source, SIZE, SIZE);

        lane.put(0, 1, source, SIZE, SIZE);

        assertThat(cached(lane, 0, 1)).isEqualTo(page(5));
    }

    @Test
    void aPagePutAgainHasItsNewBytesAndNoSecondFrame() {
        lane.put(0, 1, page(1), 0, SIZE);
        lane.put(0, 1, page(2), 0, SIZE);

        assertThat(cached(lane, 0, 1)).isEqualTo(page(2));
        assertThat(lane.size()).isEqualTo(1);
    }

    @Test
    void aPageThatWasRemovedIsNotFoundAndTheOthersKeepTheirBytes() {
        send(lane, 0, FRAMES);

        assertThat(lane.remove(0, 3)).isTrue();
        assertThat(lane.remove(0, 3)).isFalse();
        lane.remove(0, 100, 50);

        assertThat(lane.size()).isEqualTo(FRAMES - 51);
        for (int index = 0; index < FRAMES; index++) {
            boolean removed = index == 3 || (index >= 100 && index < 150);
            assertThat(cached(lane, 0, index)).isEqualTo(removed ? null : page(index));
        }
    }

    @Test
    void aClearedLaneHoldsNothingAndKeepsWhereItStands() {
        lane.streamId("stream");
        lane.attempt(2);
        lane.lastSequence(9);
        send(lane, 0, FRAMES);

        lane.clear();

        assertThat(lane.size()).isZero();
        assertThat(cached(lane, 0, 1)).isNull();
        assertThat(budget.usedBytes()).isZero();
        assertThat(lane.streamId()).isEqualTo("stream");
        assertThat(lane.attempt()).isEqualTo(2);
        assertThat(lane.lastSequence()).isEqualTo(9);
    }

    @Test
    void aLaneIsNewUntilItIsToldWhereItStands() {
        assertThat(lane.streamId()).isEmpty();
        assertThat(lane.attempt()).isZero();
        assertThat(lane.lastSequence()).isEqualTo(LanePages.NO_SEQUENCE);
    }

    @Test
    void aBulkRoundLargerThanTheCacheFillsItOnceAndEvictsNothing() {
        send(lane, 0, 3 * FRAMES);

        assertThat(lane.size()).isEqualTo(FRAMES);
        assertThat(budget.stats().insertions()).isEqualTo(FRAMES);
        assertThat(budget.stats().refusals()).isEqualTo(2L * FRAMES);
        assertThat(budget.stats().evictions()).isZero();
        assertThat(IntStream.range(0, FRAMES).allMatch(index -> cached(lane, 0, index) != null))
                .isTrue();
    }

    @Test
    void aPageThatWasSentAgainTakesThePlaceOfOneThatWasSentOnce() {
        send(lane, 0, 3 * FRAMES);

        lane.round(2);
        send(lane, 2 * FRAMES, 2 * FRAMES + FRAMES / 2);

        lane.round(3);
        assertThat(IntStream.range(2 * FRAMES, 2 * FRAMES + FRAMES / 2).allMatch(index -> send(lane, index)))
                .isTrue();
        assertThat(lane.size()).isEqualTo(FRAMES);
    }

    @Test
    void aHotSetLargerThanTheCacheKeepsAStablePartOfIt() {
        int hot = FRAMES * 3 / 2;
        send(lane, 0, 4 * FRAMES);
        lane.round(2);
        send(lane, 0, hot);

        for (int round = 3; round < 20; round++) {
            lane.round(round);
            long hits =
                    IntStream.range(0, hot).filter(index -> send(lane, index)).count();
            assertThat(hits).as("hits of round %d", round).isEqualTo(FRAMES);
        }
    }

    @Test
    void aNewHotSetTakesThePlaceOfAnOldOneWithinAFewRounds() {
        send(lane, 0, 4 * FRAMES);
        for (int round = 2; round < 12; round++) {
            lane.round(round);
            send(lane, 0, FRAMES);
        }
        for (int round = 12; round < 15; round++) {
            lane.round(round);
            send(lane, FRAMES, 2 * FRAMES);
        }

        lane.round(15);
        assertThat(IntStream.range(FRAMES, 2 * FRAMES)
                        .filter(index -> send(lane, index))
                        .count())
                .isGreaterThan(FRAMES * 9L / 10);
    }

    @Test
    void aSmallerBudgetKeepsThePagesThatWereSentMostRecently() {
        send(lane, 0, FRAMES);
        lane.round(2);
        // Every fourth page is hot: as many as a slab holds, spread over all slabs.
        IntStream.range(0, PER_SLAB).forEach(page -> send(lane, 4L * page));

        budget.resize(SLAB_COST);
        store.maintain();

        assertThat(budget.usedBytes()).isEqualTo(SLAB_COST);
        assertThat(lane.size()).isEqualTo(PER_SLAB);
        for (int page = 0; page < PER_SLAB; page++) {
            assertThat(cached(lane, 0, 4L * page)).isEqualTo(page(4L * page));
        }
    }

    @Test
    void aLargerBudgetIsUsedAtOnceAndKeepsWhatWasThere() {
        send(lane, 0, 2 * FRAMES);

        budget.resize(8 * SLAB_COST);
        send(lane, FRAMES, 2 * FRAMES);

        assertThat(lane.size()).isEqualTo(2 * FRAMES);
        assertThat(cached(lane, 0, 0)).isEqualTo(page(0));
    }

    @Test
    void anotherPageSizeEmptiesTheLane() {
        send(lane, 0, FRAMES);

        lane.put(0, 9, new byte[8192], 0, 8192);

        assertThat(lane.size()).isEqualTo(1);
        assertThat(lane.find(0, 1)).isEqualTo(LanePages.NONE);
    }

    @Test
    void withoutABudgetNothingIsCachedAndNothingFails() {
        budget.resize(0);

        assertThat(lane.put(0, 1, page(1), 0, SIZE)).isFalse();
        assertThat(lane.find(0, 1)).isEqualTo(LanePages.NONE);
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void placesOutsideAnyBlockAreTheCallersMistake() {
        assertThatThrownBy(() -> lane.find(-1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no page has block -1 and index 0");
        assertThatThrownBy(() -> lane.find(0, 1L << 31)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> lane.put(0, 0, new byte[SIZE], 1, SIZE)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
