package io.godwit.benchmarks.cache;

import io.godwit.transformer.store.LanePages;
import io.godwit.transformer.store.PageCacheBudget;
import io.godwit.transformer.store.PageCacheStore;
import io.godwit.transformer.store.PageCacheStoreBuilder;

/** The page cache itself, called as the transformer calls it; a guest is a migration with one lane. */
final class GodwitPageCache implements TracedCache {
    /** The smallest there is: what pages hold does not matter here. */
    private static final int PAGE_SIZE = 512;

    private static final String[] MIGRATIONS = {"vm1", "vm2"};

    private final PageCacheStore store;
    private final byte[] page = new byte[PAGE_SIZE];
    private int round;

    /** @param capacityPages a multiple of the pages of a slab, 512 */
    GodwitPageCache(int capacityPages) {
        long slabs = (long) capacityPages * PAGE_SIZE / PageCacheBudget.SLAB_BYTES;
        PageCacheBudget budget = new PageCacheBudget(slabs * PageCacheBudget.slabCost(PAGE_SIZE));
        store = new PageCacheStoreBuilder("page-cache", budget).build();
    }

    @Override
    public void startRound(int newRound) {
        round = newRound;
    }

    @Override
    public boolean send(int guest, int index) {
        LanePages lane = store.lane(MIGRATIONS[guest], 0);
        lane.round(round);
        boolean hit = lane.find(0, index) != LanePages.NONE;
        lane.put(0, index, page, 0, PAGE_SIZE);
        return hit;
    }
}
