package io.godwit.transformer.store;

import io.godwit.record.Manifest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The memory that all page caches of a process share, handed out in slabs.
 *
 * <p>Whoever asks first gets what is free, so a lane alone may use everything. Once nothing is free, memory moves to the
 * lane that asks:
 * <ul>
 *   <li>from lanes that were not used lately, all they hold;
 *   <li>for a page that was sent again: from pages that were not, and once there are none, from the migration that holds
 *       most pages that were, until both hold the same of them;
 *   <li>for a page that is sent for the first time: from pages that are known to be cold; and where it is not known yet
 *       which are, from the migration that holds most, until both hold the same.
 * </ul>
 * So every migration gets an equal share for its hot pages, or all it wants, whichever is less (max-min fairness), and among
 * the lanes of a migration it is the same.
 *
 * <p>Memory is never taken from a lane: a lane is told what it owes, and its own thread gives it back on its next call.
 * Until then the one that asks goes without, and what was given back is kept for it.
 *
 * <p>Threads: any.
 */
public final class PageCacheBudget {
    /** What a lane wants a slab for, the weaker claim first. */
    enum Claim {
        /** The lane has pages of its own to give up for it: only what is free. */
        NONE,
        SENT_FIRST,
        SENT_AGAIN
    }

    /** Unit of memory: small enough to be no humongous object of G1 in a heap of a few hundred MiB. */
    public static final int SLAB_BYTES = 256 * 1024;

    /** Upper bound of what a lane's index and history hold for a frame: counted against the budget with its slab. */
    static final int INDEX_BYTES_PER_FRAME = 64;

    /** What a slab in the pool is counted as: it is to hold pages of the usual size. */
    private static final long POOLED_SLAB_COST = slabCost(Manifest.DEFAULT_PAGE_SIZE);

    /** Slabs that move at least at once from one lane to another: gives back are batched. */
    private static final int MIN_DEMAND_SLABS = 16;

    private final Object lock = new Object();
    private final List<LaneAccount> accounts = new ArrayList<>();
    private final ArrayDeque<byte[]> pool = new ArrayDeque<>();
    private final Tally.Totals totals = new Tally.Totals();

    private long maxBytes;
    private long usedBytes;

    /** Grows whenever a refused request may be worth repeating. */
    private volatile long turn;

    /** @param maxBytes what slabs and their index may take on the heap; 0 caches nothing */
    public PageCacheBudget(long maxBytes) {
        this.maxBytes = checkMaxBytes(maxBytes);
    }

    public long maxBytes() {
        synchronized (lock) {
            return maxBytes;
        }
    }

    /** Bytes of slabs and index that lanes hold. */
    public long usedBytes() {
        synchronized (lock) {
            return usedBytes;
        }
    }

    /** What all caches of the process did so far. */
    public PageCacheStats stats() {
        return totals.snapshot();
    }

    /**
     * Changes the budget of running caches. A smaller one is reached as the lanes' threads make their next calls, each
     * keeping the pages that are likeliest to be sent again; until then nothing is handed out.
     *
     * @param newMaxBytes not negative
     */
    public void resize(long newMaxBytes) {
        checkMaxBytes(newMaxBytes);
        synchronized (lock) {
            maxBytes = newMaxBytes;
            trimPool();
            collectExcess();
            turn++;
        }
    }

    /**
     * Allocates and so touches all memory the budget allows and nobody holds, for lanes to take later: first touch of
     * memory is slow on many hosts. Returns when it is done or the thread is interrupted; meant for a thread of its own.
     */
    public void preTouch() {
        while (!Thread.currentThread().isInterrupted() && hasPoolRoom()) {
            byte[] slab = new byte[SLAB_BYTES];
            synchronized (lock) {
                poolIfRoom(slab);
            }
        }
    }

    /** Bytes of slabs that are allocated and that no lane holds, counted as if one did. */
    public long pooledBytes() {
        synchronized (lock) {
            return pooledCost();
        }
    }

    Tally.Totals totals() {
        return totals;
    }

    /** Bytes that a slab of pages of this size costs, its share of the index included. */
    public static long slabCost(int pageSize) {
        return SLAB_BYTES + (long) (SLAB_BYTES / pageSize) * INDEX_BYTES_PER_FRAME;
    }

    long turn() {
        return turn;
    }

    LaneAccount open(String migration) {
        LaneAccount account = new LaneAccount(migration);
        synchronized (lock) {
            accounts.add(account);
        }
        return account;
    }

    /** Ends an account whose slabs were given back. */
    void close(LaneAccount account) {
        synchronized (lock) {
            if (account.bytes != 0) {
                throw new IllegalStateException("a lane that is closed still holds " + account.bytes + " bytes");
            }
            accounts.remove(account);
            turn++;
        }
    }

    /**
     * A slab for {@code account}, or null: then another lane was told what it owes for {@code claim}, and asking again is
     * worth it once {@link #turn} has grown.
     */
    byte[] tryLease(LaneAccount account, long cost, Claim claim) {
        byte[] slab;
        synchronized (lock) {
            if (maxBytes - usedBytes - reservedFor(account) < cost) {
                demand(account, cost, claim);
                return null;
            }
            account.demandBytes = Math.max(0, account.demandBytes - cost);
            account.bytes += cost;
            usedBytes += cost;
            slab = pool.pollFirst();
            trimPool();
        }
        return slab == null ? new byte[SLAB_BYTES] : slab;
    }

    /** Takes a slab back and counts it against what {@code account} owes. */
    void giveBack(LaneAccount account, byte[] slab, long cost) {
        synchronized (lock) {
            account.bytes -= cost;
            account.owedBytes = Math.max(0, account.owedBytes - cost);
            usedBytes -= cost;
            poolIfRoom(slab);
            turn++;
        }
    }

    /** Once a second for each lane: tells whether it was used lately, and withdraws what it asked for and did not take. */
    void review(LaneAccount account, boolean idle) {
        synchronized (lock) {
            if (account.demandBytes > 0 || idle) {
                turn++;
            }
            account.idle = idle;
            account.demandBytes = 0;
            if (accounts.stream().allMatch(other -> other.demandBytes == 0)) {
                accounts.forEach(other -> other.owedBytes = 0);
                collectExcess();
            }
        }
    }

    /** What is free but promised to others than {@code account}. A lane that was promised some itself is served first come. */
    private long reservedFor(LaneAccount account) {
        if (account.demandBytes > 0) {
            return 0;
        }
        long reserved = 0;
        for (LaneAccount other : accounts) {
            reserved += other.demandBytes;
        }
        return reserved;
    }

    /** Tells the lane that has most to spare for {@code claim} what {@code account} is short of. */
    private void demand(LaneAccount account, long cost, Claim claim) {
        if (claim == Claim.NONE || account.demandBytes > 0) {
            return;
        }
        LaneAccount giver = null;
        long spare = cost - 1;
        for (LaneAccount other : accounts) {
            long otherSpare = other == account ? 0 : spareOf(other, account, claim);
            if (otherSpare > spare) {
                giver = other;
                spare = otherSpare;
            }
        }
        if (giver != null) {
            // In proportion to what the lane holds: a small one may not need much, a growing one soon has its share.
            long wish = Math.max(MIN_DEMAND_SLABS * cost, account.bytes);
            long demand = Math.min(wish, spare) / cost * cost;
            giver.owe(demand);
            account.demandBytes = demand;
        }
    }

    /** What {@code other} has to spare for a page of {@code account}. */
    private long spareOf(LaneAccount other, LaneAccount account, Claim claim) {
        if (other.idle) {
            return other.settledBytes();
        }
        long rest = other.settledRestBytes();
        if (rest >= SLAB_BYTES && (other.judged || claim == Claim.SENT_AGAIN)) {
            return rest;
        }
        // Halves: both hold the same then, and a lane does not pay alone for all lanes of its migration.
        if (claim == Claim.SENT_AGAIN) {
            return Math.min(other.settledHotBytes(), surplus(other, account, LaneAccount::settledHotBytes)) / 2;
        }
        return Math.min(rest, surplus(other, account, LaneAccount::settledBytes)) / 2;
    }

    /** How much more than the one's the other's migration holds, or within a migration the other lane. */
    private long surplus(LaneAccount other, LaneAccount account, ToLongFunction<LaneAccount> bytes) {
        if (other.migration.equals(account.migration)) {
            return bytes.applyAsLong(other) - bytes.applyAsLong(account);
        }
        long surplus = 0;
        for (LaneAccount any : accounts) {
            if (any.migration.equals(other.migration)) {
                surplus += bytes.applyAsLong(any);
            } else if (any.migration.equals(account.migration)) {
                surplus -= bytes.applyAsLong(any);
            }
        }
        return surplus;
    }

    /** After a resize: tells the lanes that hold most what does not fit any more. */
    private void collectExcess() {
        long excess = usedBytes - maxBytes;
        for (LaneAccount account : accounts) {
            excess -= account.owedBytes;
        }
        while (excess > 0) {
            LaneAccount largest = accounts.get(0);
            for (LaneAccount account : accounts) {
                if (account.settledBytes() > largest.settledBytes()) {
                    largest = account;
                }
            }
            long step = Math.min(Math.min(SLAB_BYTES, excess), largest.settledBytes());
            if (step == 0) {
                return;
            }
            largest.owe(step);
            excess -= step;
        }
    }

    private boolean hasPoolRoom() {
        synchronized (lock) {
            return usedBytes + pooledCost() + POOLED_SLAB_COST <= maxBytes;
        }
    }

    private void poolIfRoom(byte[] slab) {
        if (usedBytes + pooledCost() + POOLED_SLAB_COST <= maxBytes) {
            pool.addFirst(slab);
        }
    }

    private void trimPool() {
        while (!pool.isEmpty() && usedBytes + pooledCost() > maxBytes) {
            pool.removeLast();
        }
    }

    private long pooledCost() {
        return pool.size() * POOLED_SLAB_COST;
    }

    private static long checkMaxBytes(long maxBytes) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("page cache size " + maxBytes + " is negative");
        }
        return maxBytes;
    }
}
