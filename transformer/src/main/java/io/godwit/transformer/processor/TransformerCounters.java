package io.godwit.transformer.processor;

import java.util.concurrent.atomic.LongAdder;

/** What a process's tasks did so far. Any thread may read; a snapshot is not of one instant. */
public final class TransformerCounters {
    final LongAdder records = new LongAdder();
    final LongAdder repeatedRecords = new LongAdder();
    final LongAdder refusedRecords = new LongAdder();
    final LongAdder droppedRecords = new LongAdder();
    final LongAdder bytesIn = new LongAdder();
    final LongAdder bytesOut = new LongAdder();
    final LongAdder normalPages = new LongAdder();
    final LongAdder zeroPages = new LongAdder();
    final LongAdder fillPages = new LongAdder();
    final LongAdder xbzrlePages = new LongAdder();
    final LongAdder hashPages = new LongAdder();
    final LongAdder unchangedPages = new LongAdder();
    final LongAdder overflows = new LongAdder();
    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder checkpointLookups = new LongAdder();

    /** Ingress records that were taken in. */
    public long records() {
        return records.sum();
    }

    /** Records that were met again, or belong to an attempt that a newer one has fenced off. */
    public long repeatedRecords() {
        return repeatedRecords.sum();
    }

    /** Records that could not be read. */
    public long refusedRecords() {
        return refusedRecords.sum();
    }

    /** Records whose stream topic is gone. */
    public long droppedRecords() {
        return droppedRecords.sum();
    }

    /** Bytes of ingress records. */
    public long bytesIn() {
        return bytesIn.sum();
    }

    /** Bytes of stream records. */
    public long bytesOut() {
        return bytesOut.sum();
    }

    public long normalPages() {
        return normalPages.sum();
    }

    public long zeroPages() {
        return zeroPages.sum();
    }

    public long fillPages() {
        return fillPages.sum();
    }

    public long xbzrlePages() {
        return xbzrlePages.sum();
    }

    public long hashPages() {
        return hashPages.sum();
    }

    /** Pages that were left out. */
    public long unchangedPages() {
        return unchangedPages.sum();
    }

    /** Pages whose delta would not have been shorter than the page. */
    public long overflows() {
        return overflows.sum();
    }

    /** Pages that were found in the cache. */
    public long hits() {
        return hits.sum();
    }

    /** Pages that were looked up in vain. */
    public long misses() {
        return misses.sum();
    }

    /** Pages that were looked up in checkpoints; {@link #hashPages} of them were found. */
    public long checkpointLookups() {
        return checkpointLookups.sum();
    }
}
