package io.godwit.transformer.store;

import io.godwit.transformer.store.PageCacheBudget.Claim;
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

    private static final int BULK_ROUND = 1;

    /** Frames that are looked at for a victim: their histories and keys are neighbours, so that many cost little. */
    private static final int SAMPLES = 64;

    /** A newcomer must be worth more than its victim by this: half a round's bit, or equals would push each other out. */
    private static final int MARGIN = SendHistory.SENT / 2;

    private static final long NEVER = -1;
    private static final int MAX_WORTH = 0xFF;

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
    private final SendHistory history = new SendHistory();

    private int pageSize;
    private int framesPerSlab;
    private long slabCost;
    private int round = BULK_ROUND;
    private long passed = Long.MIN_VALUE;
    private int hand;
    private long refusedAtTurn = NEVER;
    private Claim refusedClaim = Claim.NONE;

    private long lastUsedMs;

    private String streamId = "";
    private List<String> checkpoints = List.of();
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

    /** Ids of the checkpoints that targets of the lane's attempt hold; none where its start was not met. */
    public List<String> checkpoints() {
        return checkpoints;
    }

    public void checkpoints(List<String> newCheckpoints) {
        checkpoints = List.copyOf(newCheckpoints);
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

    /** Bytes of each page that is cached; of no meaning where none is. */
    public int pageSize() {
        return pageSize;
    }

    /**
     * Tells that the pages to come belong to round {@code newRound}, 1 being the bulk round. In which of the last rounds a
     * page was sent decides whether it stays. Costs nothing when it is the round of the page before.
     */
    public void round(int newRound) {
        if (newRound != round) {
            round = newRound;
            passed = Long.MIN_VALUE;
            history.startRound(newRound <= BULK_ROUND, index.size());
            // What others may claim has changed, and so may what this lane may.
            reportWorth();
            refusedAtTurn = NEVER;
        }
    }

    /**
     * Looks up a page that was sent.
     *
     * @param block 0 or more
     * @param pageIndex 0 to 2^31 - 1
     * @return its frame, or {@link #NONE}
     */
    public int find(int block, long pageIndex) {
        long key = key(block, pageIndex);
        passed = key;
        int frame = index.find(key);
        if (frame == NONE) {
            history.sentUncached(key);
            tally.miss();
        } else {
            history.sentCached(frame);
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
        history.clear();
        while (!slabs.isEmpty()) {
            giveBackLastSlab();
        }
        refusedAtTurn = NEVER;
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

    /** What the lane holds of the budget: slabs, and its index and history by their upper bound. */
    long heldBytes() {
        return slabs.size() * slabCost;
    }

    /** What index and history take in fact: at most {@link PageCacheBudget#INDEX_BYTES_PER_FRAME} a frame. */
    long indexBytes() {
        return index.heapBytes() + history.heapBytes();
    }

    /** Tells the budget whether the lane is in use, and gives back what it owes or has no page for. */
    void review(boolean idle) {
        reportWorth();
        refusedAtTurn = NEVER;
        budget.review(account, idle);
        payDebt();
        while (slabs.size() > 0 && index.size() <= frames() - 2 * framesPerSlab) {
            giveBackLastSlab();
        }
    }

    /** Gives back what the lane owes to others. */
    void payDebt() {
        long owed = account.owedBytes;
        if (owed > 0 && !slabs.isEmpty()) {
            shrink((int) Math.min(slabs.size(), (owed + slabCost - 1) / slabCost));
        }
    }

    void close() {
        clear();
        budget.close(account);
    }

    private int tryAdmit(long key) {
        int past = history.ofUncached(key);
        int frame;
        if (index.size() < frames() || tryGrow(claimFor(past))) {
            frame = index.append(key);
        } else {
            frame = victimFor(past);
            if (frame == NONE) {
                return NONE;
            }
            history.evicted(frame, index.key(frame));
            index.replace(frame, key);
            tally.evictions(1);
        }
        history.assign(frame, past);
        return frame;
    }

    /** The frame that is worth least of some, if a page with this past is worth clearly more. */
    private int victimFor(int past) {
        int least = past - MARGIN;
        int victim = NONE;
        for (int sampled = 0; sampled < SAMPLES && least > 0 && index.size() > 0; sampled++) {
            hand = hand + 1 < index.size() ? hand + 1 : 0;
            int worth = history.expected(hand, isPassed(hand));
            if (worth < least) {
                least = worth;
                victim = hand;
            }
        }
        return victim;
    }

    /** Pages of a round come in ascending order. */
    private boolean isPassed(int frame) {
        return index.key(frame) <= passed;
    }

    private Claim claimFor(int past) {
        if (past == 0) {
            return Claim.SENT_FIRST;
        }
        return history.hotFrames() < index.size() ? Claim.NONE : Claim.SENT_AGAIN;
    }

    private boolean tryGrow(Claim claim) {
        long turn = budget.turn();
        if (turn == refusedAtTurn && claim.compareTo(refusedClaim) <= 0) {
            return false;
        }
        reportWorth();
        byte[] slab = budget.tryLease(account, slabCost, claim);
        if (slab == null) {
            debtsOfOthers.run();
            turn = budget.turn();
            slab = budget.tryLease(account, slabCost, claim);
        }
        if (slab == null) {
            refusedAtTurn = turn;
            refusedClaim = claim;
            return false;
        }
        slabs.add(slab);
        history.resize(frames());
        return true;
    }

    private void reportWorth() {
        account.hotBytes = history.hotFrames() * slabCost / Math.max(1, framesPerSlab);
        account.judged = history.isJudged();
    }

    /** {@code count} slabs less: the pages that are worth least leave, as many as do not fit any more. */
    private void shrink(int count) {
        int excess = index.size() - (slabs.size() - count) * framesPerSlab;
        if (excess > 0) {
            evictLeastWorth(excess);
            tally.evictions(excess);
        }
        for (int slab = 0; slab < count; slab++) {
            giveBackLastSlab();
        }
        index.trim();
        history.resize(frames());
        reportWorth();
    }

    private void evictLeastWorth(int count) {
        int[] framesByWorth = new int[MAX_WORTH + 1];
        for (int frame = 0; frame < index.size(); frame++) {
            framesByWorth[history.expected(frame, isPassed(frame))]++;
        }
        int left = count;
        int limit = 0;
        while (framesByWorth[limit] < left) {
            left -= framesByWorth[limit++];
        }
        // From the last frame down: what moves into a victim's place was looked at before, and stays.
        for (int frame = index.size() - 1; frame >= 0; frame--) {
            int worth = history.expected(frame, isPassed(frame));
            if (worth < limit || (worth == limit && left-- > 0)) {
                free(frame);
            }
        }
    }

    private void free(int frame) {
        history.evicted(frame, index.key(frame));
        int last = index.removeAndMoveLast(frame);
        if (last != frame) {
            history.move(last, frame);
            System.arraycopy(bytes(last), offset(last), bytes(frame), offset(frame), pageSize);
        }
    }

    private void giveBackLastSlab() {
        budget.giveBack(account, slabs.remove(slabs.size() - 1), slabCost);
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
        slabCost = PageCacheBudget.slabCost(newPageSize);
    }

    private int frames() {
        return slabs.size() * framesPerSlab;
    }

    private static long key(int block, long pageIndex) {
        if (block < 0 || pageIndex < 0 || pageIndex > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("no page has block " + block + " and index " + pageIndex);
        }
        return ((long) block << Integer.SIZE) | pageIndex;
    }
}
