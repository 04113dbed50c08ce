package io.godwit.transformer.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The cached pages of one lane, and where the lane stands.
 *
 * <p>Pages lie in frames: frame f is the f-th page-sized slice of the lane's slabs, and frames 0 to size - 1 are taken.
 *
 * <p>For each page that was sent: {@link #find} it, once; then {@link #put} its new bytes unless they are what was found,
 * or {@link #remove} it. A frame number is good until the next call that may change the lane.
 *
 * <p>Threads: that of the task. Ask the store for the lane with each record: an idle lane is forgotten.
 */
public final class LanePages {
    /** No frame: the page is not cached. */
    public static final int NONE = PageIndex.NONE;

    /** The last sequence of a lane that has had no record. */
    public static final long NO_SEQUENCE = -1;

    private final PageCacheStore.LaneKey key;
    private final PageCacheBudget budget;
    private final LaneAccount account;
    private final Tally tally;
    private final Runnable debtsOfOthers;

    /**
     * Invariant 3 (base): the frame of a page that is indexed holds that page as it is after every earlier record of the
     * lane. Every change of either goes through {@link #put}, {@link #remove}, {@link #clear} or {@link #shrink}.
     */
    private final List<byte[]> slabs = new ArrayList<>();

    private final PageIndex index = new PageIndex();

    private int pageSize;
    private int framesPerSlab;
    private long refusedAtTurn = -1;

    private long lastUsedMs;

    private String streamId = "";
    private int attempt;
    private long lastSequence = NO_SEQUENCE;

    /** @param debtsOfOthers makes the other lanes of this thread give back what they owe */
    LanePages(PageCacheStore.LaneKey key, PageCacheBudget budget, Tally tally, Runnable debtsOfOthers) {
        this.key = key;
        this.budget = budget;
        this.tally = tally;
        this.debtsOfOthers = debtsOfOthers;
        account = budget.open(key.migration());
    }

    /** The stream the lane belongs to, empty before its first record. */
    public String streamId() {
        return streamId;
    }

    public void streamId(String newStreamId) {
        streamId = Objects.requireNonNull(newStreamId, "stream id");
    }

    /** The attempt of the lane's last record, 0 before its first. */
    public int attempt() {
        return attempt;
    }

    public void attempt(int newAttempt) {
        attempt = newAttempt;
    }

    /** The sequence of the lane's last record, {@link #NO_SEQUENCE} before its first. */
    public long lastSequence() {
        return lastSequence;
    }

    public void lastSequence(long newLastSequence) {
        lastSequence = newLastSequence;
    }

    /** Pages that are cached. */
    public int size() {
        return index.size();
    }

    /**
     * Tells that the pages to come belong to another round. Within a round a page is sent once at most; how often a page
     * was sent in the last rounds decides which pages stay. Cheap when the round is the one before.
     */
    public void round(int newRound) {
        Objects.checkIndex(newRound, Integer.MAX_VALUE);
    }

    /**
     * Looks up a page that was sent.
     *
     * @param block 0 or more
     * @param pageIndex 0 to 2^31 - 1
     * @return its frame, or {@link #NONE}
     */
    public int find(int block, long pageIndex) {
        int frame = index.find(key(block, pageIndex));
        if (frame == NONE) {
            tally.miss();
        } else {
            tally.hit();
        }
        return frame;
    }

    /** The slab that holds {@code frame}: to be read only. */
    public byte[] bytes(int frame) {
        return slabs.get(frame / framesPerSlab);
    }

    /** Where in {@link #bytes} the page of {@code frame} begins. */
    public int offset(int frame) {
        return frame % framesPerSlab * pageSize;
    }

    /**
     * Caches a page as it is now. A page that is cached is overwritten; another may be declined where it would cost one
     * that is likelier to be sent again.
     *
     * @param newPageSize the lane's page size, at most {@link PageCacheBudget#SLAB_BYTES}; another than before empties the lane
     * @return whether the page is cached
     */
    public boolean put(int block, long pageIndex, byte[] source, int sourceOffset, int newPageSize) {
        Objects.checkFromIndexSize(sourceOffset, newPageSize, source.length);
        payDebt();
        layOut(newPageSize);
        long key = key(block, pageIndex);
        int frame = index.find(key);
        if (frame == NONE) {
            frame = tryAdmit(key);
            if (frame == NONE) {
                tally.refusal();
                return false;
            }
            tally.insertion();
        } else {
            tally.update();
        }
        System.arraycopy(source, sourceOffset, bytes(frame), offset(frame), newPageSize);
        return true;
    }

    /**
     * Forgets a page.
     *
     * @return whether it was cached
     */
    public boolean remove(int block, long pageIndex) {
        int frame = index.find(key(block, pageIndex));
        if (frame == NONE) {
            return false;
        }
        free(frame);
        return true;
    }

    /** Forgets {@code count} pages from {@code pageIndex} on. */
    public void remove(int block, long pageIndex, int count) {
        Objects.checkIndex(count, Integer.MAX_VALUE);
        for (int page = 0; page < count && index.size() > 0; page++) {
            remove(block, pageIndex + page);
        }
    }

    /** Forgets every page and gives all memory back; where the lane stands stays. */
    public void clear() {
        index.clear();
        while (!slabs.isEmpty()) {
            giveBackLastSlab();
        }
        refusedAtTurn = -1;
    }

    PageCacheStore.LaneKey key() {
        return key;
    }

    long lastUsedMs() {
        return lastUsedMs;
    }

    void usedAt(long nowMs) {
        lastUsedMs = nowMs;
    }

    /** Tells the budget whether the lane is in use, and pays. */
    void review(boolean idle) {
        budget.review(account, idle);
        payDebt();
    }

    /** Gives back what the lane owes to others. */
    void payDebt() {
        while (account.owedBytes > 0 && !slabs.isEmpty()) {
            shrink();
        }
    }

    void close() {
        clear();
        budget.close(account);
    }

    private int tryAdmit(long key) {
        if (index.size() < slabs.size() * framesPerSlab || tryGrow()) {
            return index.append(key);
        }
        return NONE;
    }

    private boolean tryGrow() {
        long turn = budget.turn();
        if (turn == refusedAtTurn) {
            return false;
        }
        byte[] slab = budget.tryLease(account, cost());
        if (slab == null) {
            debtsOfOthers.run();
            turn = budget.turn();
            slab = budget.tryLease(account, cost());
        }
        if (slab == null) {
            refusedAtTurn = turn;
            return false;
        }
        slabs.add(slab);
        return true;
    }

    /** One slab less: pages that no longer fit leave. */
    private void shrink() {
        int frames = (slabs.size() - 1) * framesPerSlab;
        int evicted = 0;
        while (index.size() > frames) {
            free(index.size() - 1);
            evicted++;
        }
        tally.evicted(evicted);
        giveBackLastSlab();
        index.trim();
    }

    private void free(int frame) {
        int last = index.removeAndMoveLast(frame);
        if (last != frame) {
            System.arraycopy(bytes(last), offset(last), bytes(frame), offset(frame), pageSize);
        }
    }

    private void giveBackLastSlab() {
        budget.giveBack(account, slabs.remove(slabs.size() - 1), cost());
    }

    private void layOut(int newPageSize) {
        if (newPageSize == pageSize) {
            return;
        }
        if (newPageSize < 1 || newPageSize > PageCacheBudget.SLAB_BYTES) {
            throw new IllegalArgumentException(
                    "page size " + newPageSize + " is not in 1.." + PageCacheBudget.SLAB_BYTES);
        }
        clear();
        pageSize = newPageSize;
        framesPerSlab = PageCacheBudget.SLAB_BYTES / newPageSize;
    }

    private long cost() {
        return PageCacheBudget.slabCost(pageSize);
    }

    private static long key(int block, long pageIndex) {
        if (block < 0 || pageIndex < 0 || pageIndex > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("no page has block " + block + " and index " + pageIndex);
        }
        return (long) block << Integer.SIZE | pageIndex;
    }
}
