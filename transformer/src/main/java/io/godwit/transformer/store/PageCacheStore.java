package io.godwit.transformer.store;

import io.godwit.transformer.memory.MemoryStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.processor.StateStoreContext;

/**
 * One task's shard of the page cache: the cached pages of its lanes, and where each lane stands.
 *
 * <p>Neither persistent nor logged: a store that is (re)opened starts empty (invariant 3).
 *
 * <p>Threads: that of the task.
 */
public final class PageCacheStore extends MemoryStore {
    /** A lane unused for so long gives its memory to whoever asks. */
    static final long IDLE_MS = 30_000;

    /** A lane unused for so long is forgotten: a sender that is killed never ends its lanes. */
    static final long FORGET_MS = 3_600_000;

    private final PageCacheBudget budget;
    private final LongSupplier clockMs;
    private final Tally tally;
    private final Map<LaneKey, LanePages> lanes = new HashMap<>();
    private PageCacheMetrics metrics;
    private long nowMs;

    PageCacheStore(String name, PageCacheBudget budget, LongSupplier clockMs) {
        super(name);
        this.budget = budget;
        this.clockMs = clockMs;
        tally = new Tally(budget.totals());
    }

    /**
     * The lane's pages; made, empty, when the store does not know the lane. To be called with each record, before its first
     * page: here the thread also gives back what its lanes owe, so that frames do not move while a record is worked on.
     */
    public LanePages lane(String migration, int lane) {
        payDebts();
        LaneKey key = new LaneKey(migration, lane);
        LanePages pages = lanes.get(key);
        if (pages == null) {
            pages = new LanePages(key, budget, tally, this::payDebts);
            lanes.put(key, pages);
        }
        pages.usedAt(nowMs);
        return pages;
    }

    /** Forgets a lane, its pages and where it stood; nothing when it is not known. */
    public void drop(String migration, int lane) {
        drop(new LaneKey(migration, lane));
    }

    private void drop(LaneKey key) {
        LanePages pages = lanes.remove(key);
        if (pages != null) {
            pages.close();
        }
    }

    /** To be called once a second or so: gives memory back that other tasks are owed, and forgets lanes long unused. */
    public void maintain() {
        nowMs = clockMs.getAsLong();
        for (LanePages pages : List.copyOf(lanes.values())) {
            long unusedMs = nowMs - pages.lastUsedMs();
            pages.review(unusedMs >= IDLE_MS);
            if (unusedMs >= FORGET_MS) {
                drop(pages.key());
            }
        }
        if (metrics != null) {
            metrics.update(tally.snapshot(), size());
        }
    }

    @Override
    protected void open(StateStoreContext context) {
        dropAll();
        nowMs = clockMs.getAsLong();
        metrics = new PageCacheMetrics(context, name(), tally.snapshot());
    }

    @Override
    protected void release() {
        dropAll();
        if (metrics != null) {
            metrics.remove();
            metrics = null;
        }
    }

    private long size() {
        long pages = 0;
        for (LanePages lane : lanes.values()) {
            pages += lane.size();
        }
        return pages;
    }

    private void payDebts() {
        for (LanePages lane : lanes.values()) {
            lane.payDebt();
        }
    }

    private void dropAll() {
        lanes.values().forEach(LanePages::close);
        lanes.clear();
    }

    /** Names a lane of a migration. */
    record LaneKey(String migration, int lane) {}
}
