package io.godwit.transformer.store;

import io.godwit.record.Manifest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory that all page caches of a process share, handed out in slabs.
 *
 * <p>Whoever asks first gets what is free, so a lane alone may use everything. Once nothing is free, memory moves from
 * the migration that holds most to the one that asks, and within a migration from the lane that holds most, until they
 * hold the same: every migration gets an equal share or all it wants, whichever is less (max-min fairness), and so does
 * every lane of it. Lanes that were not used lately give way first.
 *
 * <p>Memory is never taken from a lane: a lane is told what it owes, and its own thread gives it back on its next call.
 * Until then the one that asks goes without, and what was given back is kept for it.
 *
 * <p>Threads: any.
 */
public final class PageCacheBudget {
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
     * A slab for {@code account}, or null: then others were told what they owe it, and asking again is worth it once
     * {@link #turn} has grown.
     */
    byte[] tryLease(LaneAccount account, long cost) {
        byte[] slab;
        synchronized (lock) {
            if (maxBytes - usedBytes - reservedFor(account) < cost) {
                demand(account, cost);
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

    /** Tells the lane that has most to spare what {@code account} is short of, in proportion to what that one holds. */
    private void demand(LaneAccount account, long cost) {
        if (account.demandBytes > 0) {
            return;
        }
        LaneAccount giver = null;
        long surplus = 2 * cost - 1;
        for (LaneAccount other : accounts) {
            long over = other == account || other.settledBytes() == 0 ? 0 : surplusOver(other, account);
            if (over > surplus || (giver != null && over == surplus && other.settledBytes() > giver.settledBytes())) {
                giver = other;
                surplus = over;
            }
        }
        if (giver == null) {
            return;
        }
        long wish = Math.max(MIN_DEMAND_SLABS * cost, account.bytes);
        long spare = giver.idle ? giver.settledBytes() : Math.min(surplus, giver.settledBytes()) / 2;
        long demand = Math.max(1, Math.min(wish, spare) / cost) * cost;
        giver.owe(demand);
        account.demandBytes = demand;
    }

    /** How much more {@code other} holds than {@code account}, by the measure that decides between the two. */
    private long surplusOver(LaneAccount other, LaneAccount account) {
        if (other.idle) {
            return Long.MAX_VALUE;
        }
        return other.migration.equals(account.migration)
                ? other.settledBytes() - account.bytes
                : settledBytesOf(other.migration) - settledBytesOf(account.migration);
    }

    private long settledBytesOf(String migration) {
        long bytes = 0;
        for (LaneAccount account : accounts) {
            if (account.migration.equals(migration)) {
                bytes += account.settledBytes();
            }
        }
        return bytes;
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
