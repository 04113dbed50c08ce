package io.godwit.transformer.store;

import java.util.concurrent.atomic.LongAdder;

/** Counts pages, for one store and for its process. The store's counts belong to its thread; any thread reads the process's. */
final class Tally {
    /** The counts of all stores of a process. */
    static final class Totals {
        private final LongAdder hits = new LongAdder();
        private final LongAdder misses = new LongAdder();
        private final LongAdder insertions = new LongAdder();
        private final LongAdder updates = new LongAdder();
        private final LongAdder evictions = new LongAdder();
        private final LongAdder refusals = new LongAdder();

        PageCacheStats snapshot() {
            return new PageCacheStats(
                    hits.sum(), misses.sum(), insertions.sum(), updates.sum(), evictions.sum(), refusals.sum());
        }
    }

    private final Totals totals;
    private long hits;
    private long misses;
    private long insertions;
    private long updates;
    private long evictions;
    private long refusals;

    Tally(Totals totals) {
        this.totals = totals;
    }

    void hit() {
        hits++;
        totals.hits.increment();
    }

    void miss() {
        misses++;
        totals.misses.increment();
    }

    void insertion() {
        insertions++;
        totals.insertions.increment();
    }

    void update() {
        updates++;
        totals.updates.increment();
    }

    void evictions(int pages) {
        evictions += pages;
        totals.evictions.add(pages);
    }

    void refusal() {
        refusals++;
        totals.refusals.increment();
    }

    /** What this store did. */
    PageCacheStats snapshot() {
        return new PageCacheStats(hits, misses, insertions, updates, evictions, refusals);
    }
}
