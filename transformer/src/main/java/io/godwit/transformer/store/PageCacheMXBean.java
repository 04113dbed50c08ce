package io.godwit.transformer.store;

/** The page cache as JMX shows it, {@code godwit:type=PageCache}: an operator resizes a running transformer with it. */
public interface PageCacheMXBean {
    /** The budget, in bytes. */
    long getMaxBytes();

    /** Resizes the budget; what fits stays cached. */
    void setMaxBytes(long maxBytes);

    /** Bytes that lanes hold, index included. */
    long getUsedBytes();

    long getHits();

    long getMisses();

    long getInsertions();

    long getUpdates();

    long getEvictions();

    long getRefusals();

    /** Hits divided by lookups; 0 before the first. */
    double getHitRatio();
}
