package io.godwit.benchmarks.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class PageCacheComparisonTest {
    @ParameterizedTest
    @MethodSource("traces")
    void thePageCacheHitsAtLeastAsOftenAsQemus(PageTrace trace) {
        assertThat(PageCacheComparison.godwit(trace))
                .as(trace.name())
                .isGreaterThanOrEqualTo(PageCacheComparison.qemu(trace));
    }

    @Test
    void noCacheHitsMoreOftenThanTheBestPossible() {
        PageTrace trace = traces().findFirst().orElseThrow();
        double best = BestPossible.hitRatio(trace, PageCacheComparison.CACHE_PAGES);

        assertThat(PageCacheComparison.godwit(trace)).isLessThanOrEqualTo(best);
        assertThat(PageCacheComparison.lru(trace)).isLessThanOrEqualTo(best);
    }

    @Test
    void theBestPossibleKeepsWhatIsSentNext() {
        // Cache of one page, rounds 0 1 2 | 2 | 0 2 | 0: 2, then 2 or 0 of the third round, then 0.
        PageTrace trace = new PageTrace("by hand", List.of(round(0, 1, 2), round(2), round(0, 2), round(0)));

        assertThat(BestPossible.hitRatio(trace, 1)).isEqualTo(2.0 / 4);
        assertThat(BestPossible.hitRatio(trace, 2)).isEqualTo(1);
    }

    @Test
    void qemusCacheKeepsTheYoungerOfTwoPagesThatShareAPlace() {
        QemuPageCache cache = new QemuPageCache(4);
        cache.startRound(1);
        assertThat(cache.send(0, 1)).isFalse();
        cache.startRound(2);
        assertThat(cache.send(0, 1)).as("nothing is cached in the bulk round").isFalse();
        assertThat(cache.send(0, 5)).isFalse();
        cache.startRound(3);
        assertThat(cache.send(0, 5)).as("its place is held").isFalse();
        assertThat(cache.send(0, 1)).isTrue();
        cache.startRound(5);
        assertThat(cache.send(0, 5)).isFalse();
        assertThat(cache.send(0, 5)).as("the other was not sent for two rounds").isTrue();
    }

    static Stream<PageTrace> traces() {
        return PageTraces.all(PageCacheComparison.CACHE_PAGES).stream();
    }

    private static int[][] round(int... pages) {
        return new int[][] {pages};
    }
}
