package io.godwit.transformer.store;

/**
 * What one lane holds of the budget, what it is worth, and what it owes others. Fields are written under the budget's lock,
 * but for {@code hotBytes} and {@code judged}, which the lane's own thread writes; the volatile ones are read without it.
 */
final class LaneAccount {
    final String migration;

    /** Bytes of slabs and index that the lane holds. */
    long bytes;

    /** Bytes others were promised and still wait for: the lane gives them back on its thread's next call. */
    volatile long owedBytes;

    /** Bytes the lane was promised and has not taken. */
    long demandBytes;

    /** Was not used lately: gives way before any other. */
    boolean idle;

    /** Bytes of pages that were sent again. */
    volatile long hotBytes;

    /** Whether the other pages are known to be cold; else they are of unknown worth. */
    volatile boolean judged;

    LaneAccount(String migration) {
        this.migration = migration;
    }

    /** Adds to what the lane owes. */
    void owe(long moreBytes) {
        long owed = owedBytes;
        owedBytes = owed + moreBytes;
    }

    /** What the lane will hold once it has paid. */
    long settledBytes() {
        return Math.max(0, bytes - owedBytes);
    }

    /** What it will then hold of pages that were sent again: it pays with the others first. */
    long settledHotBytes() {
        return Math.min(hotBytes, settledBytes());
    }

    /** And of the others. */
    long settledRestBytes() {
        return settledBytes() - settledHotBytes();
    }
}
