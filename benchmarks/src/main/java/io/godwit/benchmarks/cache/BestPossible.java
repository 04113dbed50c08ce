package io.godwit.benchmarks.cache;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The most hits a cache of so many pages can have on a trace: of what it holds and what it is sent, it lets go of what is
 * sent again last. It knows the future.
 *
 * <p>Source: L. A. Belady, A study of replacement algorithms for a virtual-storage computer, 1966; with the freedom not to
 * cache a page at all.
 */
final class BestPossible {
    private static final long NEVER = Long.MAX_VALUE;

    private final PageTrace trace;
    private final int capacityPages;

    /** By the time a page is sent, the time it is sent next. */
    private final Map<Long, Long> next = new HashMap<>();

    private BestPossible(PageTrace trace, int capacityPages) {
        this.trace = trace;
        this.capacityPages = capacityPages;
    }

    /** Hits divided by pages that were sent again. */
    static double hitRatio(PageTrace trace, int capacityPages) {
        BestPossible best = new BestPossible(trace, capacityPages);
        best.lookAhead();
        return (double) best.hits() / trace.resentPages();
    }

    private void lookAhead() {
        Map<Long, Long> lastSent = new HashMap<>();
        long[] time = new long[1];
        for (int round = 1; round <= trace.rounds().size(); round++) {
            trace.forEachPage(round, place -> {
                Long before = lastSent.put(place, time[0]);
                if (before != null) {
                    next.put(before, time[0]);
                }
                time[0]++;
            });
        }
    }

    private long hits() {
        TreeMap<Long, Long> cachedUntil = new TreeMap<>();
        long[] time = new long[1];
        long[] hits = new long[1];
        for (int round = 1; round <= trace.rounds().size(); round++) {
            trace.forEachPage(round, place -> {
                long now = time[0]++;
                // A page is held under the time it is sent next, so it is there exactly when it is a hit.
                hits[0] += cachedUntil.remove(now) != null ? 1 : 0;
                long again = next.getOrDefault(now, NEVER);
                if (again != NEVER) {
                    cachedUntil.put(again, place);
                    if (cachedUntil.size() > capacityPages) {
                        cachedUntil.pollLastEntry();
                    }
                }
            });
        }
        return hits[0];
    }
}
