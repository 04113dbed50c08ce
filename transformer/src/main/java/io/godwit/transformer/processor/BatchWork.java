package io.godwit.transformer.processor;

import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.Manifest;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;

/**
 * A batch in work: its runs, its payload unpacked, and what the processors found. One a task, reused from batch to batch.
 *
 * <p>Bytes of {@code NORMAL} and {@code FILL} runs lie in {@link #raw}, those of {@code XBZRLE} runs in {@code deltas}, those
 * of {@code HASH} runs in {@code digests}: see {@link #bytes}.
 */
final class BatchWork {
    private PageBatch batch;
    private int pageSize;
    private byte[] scratch = new byte[0];
    private byte[] raw = scratch;
    private int rawOffset;
    private int rawLength;
    private byte[] deltas = new byte[0];
    private byte[] digests = new byte[0];
    private RunList runs = new RunList();
    private RunList refined = new RunList();
    private boolean changed;
    private int unchanged;
    private int overflows;
    private int hits;
    private int misses;
    private int lookups;

    /**
     * Takes a batch in: checks it, unpacks its payload.
     *
     * @param codec unpacks the payload
     * @throws MalformedRecordException if a run breaks the contract, or the payload is damaged
     */
    void open(PageBatch newBatch, PayloadCodec codec) throws MalformedRecordException {
        batch = newBatch;
        changed = false;
        unchanged = 0;
        overflows = 0;
        hits = 0;
        misses = 0;
        lookups = 0;
        pageSize = pageSizeOf(newBatch);
        unpack(codec);
        runs.clear();
        int offset = rawOffset;
        PageRuns source = newBatch.runs();
        for (int run = 0; run < source.size(); run++) {
            runs.add(
                    source.index(run),
                    source.count(run),
                    source.encoding(run),
                    offset,
                    source.length(run),
                    source.checksum(run));
            offset += source.length(run);
        }
    }

    /**
     * Tells whether the processors can refine a batch. The others, that carry encodings which only the transformer makes, or
     * so many small pages that their runs could not be written, go on as they are.
     */
    static boolean isRefinable(PageBatch batch) {
        PageRuns runs = batch.runs();
        long mostRuns = 0;
        for (int run = 0; run < runs.size(); run++) {
            switch (runs.encoding(run)) {
                case NORMAL -> mostRuns += runs.count(run);
                case ZERO, FILL -> mostRuns++;
                case XBZRLE, HASH -> {
                    return false;
                }
            }
        }
        return mostRuns <= PageRuns.MAX_RUNS;
    }

    /** Checks what must hold before any page of the batch is named to the cache. */
    static void checkPlaces(PageBatch batch) throws MalformedRecordException {
        PageRuns runs = batch.runs();
        for (int run = 0; run < runs.size(); run++) {
            if (runs.index(run) > Manifest.MAX_BLOCK_PAGES - runs.count(run)) {
                throw malformed(batch, run, "reaches past the largest block");
            }
        }
    }

    /** The page size that the runs of bytes agree on; 0 where there are none. */
    private static int pageSizeOf(PageBatch batch) throws MalformedRecordException {
        PageRuns runs = batch.runs();
        int pageSize = 0;
        for (int run = 0; run < runs.size(); run++) {
            int length = runs.length(run);
            int count = runs.count(run);
            if (runs.encoding(run) == PageEncoding.NORMAL) {
                if (pageSize == 0) {
                    pageSize = length / count;
                }
                if (length != (long) count * pageSize || !Manifest.isPageSize(pageSize)) {
                    throw malformed(batch, run, "has " + length + " bytes");
                }
            } else if (length != (runs.encoding(run) == PageEncoding.FILL ? 1 : 0)) {
                throw malformed(batch, run, "has " + length + " bytes");
            }
        }
        return pageSize;
    }

    static MalformedRecordException malformed(PageBatch batch, int run, String what) {
        return new MalformedRecordException("run " + run + " (block " + batch.block() + ", page "
                + batch.runs().index(run) + ", count " + batch.runs().count(run) + ", "
                + batch.runs().encoding(run) + ") " + what);
    }

    private void unpack(PayloadCodec codec) throws MalformedRecordException {
        // Bounded by PageBatch.MAX_PAYLOAD_BYTES: the decoder has seen to it.
        rawLength = (int) batch.runs().payloadBytes();
        if (batch.compression() == PayloadCompression.NONE) {
            raw = batch.payload();
            rawOffset = batch.payloadOffset();
        } else {
            scratch = ensure(scratch, rawLength);
            raw = scratch;
            rawOffset = 0;
            codec.decompress(
                    batch.compression(),
                    batch.payload(),
                    batch.payloadOffset(),
                    batch.payloadLength(),
                    scratch,
                    rawLength);
        }
    }

    /** Returns {@code array}, or a new one of at least {@code length} bytes; what it held is lost. */
    static byte[] ensure(byte[] array, int length) {
        return array.length >= length ? array : new byte[length];
    }

    /** An empty list for the runs as a processor leaves them; {@link #commit} makes it the batch's. */
    RunList beginRefinement() {
        refined.clear();
        return refined;
    }

    /** Takes over what {@link #beginRefinement} gave out. */
    void commit(boolean anyRunChanged) {
        RunList old = runs;
        runs = refined;
        refined = old;
        changed |= anyRunChanged;
    }

    /** The array that deltas go to, with room for every page of the batch. */
    byte[] deltaBuffer() {
        deltas = ensure(deltas, rawLength);
        return deltas;
    }

    /** The array that digests go to, with room for every page of the batch; there must be one that carries bytes. */
    byte[] digestBuffer() {
        digests = ensure(digests, rawLength / pageSize * PageEncoding.HASH_BYTES);
        return digests;
    }

    void countLookups(int pages) {
        lookups += pages;
    }

    void countOutcome(int newHits, int newMisses, int newUnchanged, int newOverflows) {
        hits += newHits;
        misses += newMisses;
        unchanged += newUnchanged;
        overflows += newOverflows;
    }

    PageBatch batch() {
        return batch;
    }

    int block() {
        return batch.block();
    }

    /** Bytes a page; 0 where no run carries any. */
    int pageSize() {
        return pageSize;
    }

    RunList runs() {
        return runs;
    }

    byte[] raw() {
        return raw;
    }

    int rawOffset() {
        return rawOffset;
    }

    int rawLength() {
        return rawLength;
    }

    /** The bytes that {@link RunList#offset} of runs under {@code encoding} points into. */
    byte[] bytes(PageEncoding encoding) {
        return switch (encoding) {
            case XBZRLE -> deltas;
            case HASH -> digests;
            case NORMAL, ZERO, FILL -> raw;
        };
    }

    /** Whether any run is other than it came. */
    boolean isChanged() {
        return changed;
    }

    int unchanged() {
        return unchanged;
    }

    int overflows() {
        return overflows;
    }

    int hits() {
        return hits;
    }

    int misses() {
        return misses;
    }

    /** Pages that were looked up in checkpoints. */
    int lookups() {
        return lookups;
    }
}
