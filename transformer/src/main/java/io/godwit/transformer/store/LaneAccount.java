package io.godwit.transformer.store;

/**
 * What one lane holds of the budget and what it owes others. Every field is written under the budget's lock;
 * {@code owedBytes} and nothing else is read without it, by the lane's own thread.
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
}
