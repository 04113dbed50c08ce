package io.godwit.transformer.store;

import java.util.concurrent.atomic.LongAdder;

/** Counts pages, for one store and, through the tally it adds to, for the process. Any thread may read and add. */
final class Tally {
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder insertions = new LongAdder();
    private final LongAdder updates = new LongAdder();
    private final LongAdder evictions = new LongAdder();
    private final LongAdder refusals = new LongAdder();

    void hit() {
        hits.increment();
    }

    void miss() {
        misses.increment();
    }

    void insertion() {
        insertions.increment();
    }

    void update() {
        updates.increment();
    }

    void evicted(int pages) {
        evictions.add(pages);
    }

    void refusal() {
        refusals.increment();
    }

    PageCacheStats snapshot() {
        return new PageCacheStats(
                hits.sum(), misses.sum(), insertions.sum(), updates.sum(), evictions.sum(), refusals.sum());
    }
}
