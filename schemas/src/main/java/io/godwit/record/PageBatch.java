package io.godwit.record;

import io.godwit.payload.PayloadCompression;
import io.godwit.topic.Lanes;
import java.util.Objects;

/**
 * Pages of one block and one lane, in ascending order, no page twice.
 *
 * <p>The payload is a slice of an array that belongs to whoever made the batch: a batch that was read lies in the record's
 * own bytes, without a copy. It stays valid as long as that array is not written again.
 *
 * @param round from 1
 * @param block the block's place in the manifest, from 0
 * @param unchanged pages that the transformer left out because the lane's memory has them already
 * @param overflows pages whose delta would not have been shorter than the page
 * @param compression of the payload as a whole
 * @param payload array that holds the payload
 * @param payloadOffset first byte of the payload in {@code payload}
 * @param payloadLength bytes of the payload, compressed
 */
public record PageBatch(
        int round,
        int block,
        PageRuns runs,
        int unchanged,
        int overflows,
        PayloadCompression compression,
        byte[] payload,
        int payloadOffset,
        int payloadLength)
        implements StreamBody {
    /** Pages that carry bytes in a batch, by default: 256 KiB of 4 KiB pages. */
    public static final int DEFAULT_PAGES = 64;
    /** Most bytes of an uncompressed payload: what a reader allocates for it. */
    public static final int MAX_PAYLOAD_BYTES = 4 << 20;

    public PageBatch {
        Objects.requireNonNull(runs, "runs");
        Objects.requireNonNull(compression, "compression");
        Objects.checkFromIndexSize(payloadOffset, payloadLength, payload.length);
    }

    /**
     * Checks every run against the manifest: bounds, lane, order, lengths. After this a reader may index by what the runs
     * say.
     *
     * @param lane the lane the batch came by
     * @throws MalformedRecordException naming the run and the rule it breaks
     */
    public void check(Manifest manifest, Lanes lanes, int lane) throws MalformedRecordException {
        if (block < 0 || block >= manifest.blocks().size()) {
            throw new MalformedRecordException("block " + block + " is not one of the manifest's "
                    + manifest.blocks().size());
        }
        int blockPages = manifest.pages(block);
        for (int run = 0; run < runs.size(); run++) {
            long index = runs.index(run);
            int count = runs.count(run);
            if (index > blockPages - (long) count) {
                throw malformed(run, "reaches past the block's " + blockPages + " pages");
            }
            if (index / lanes.stripePages() != (index + count - 1) / lanes.stripePages()) {
                throw malformed(run, "crosses a stripe of " + lanes.stripePages() + " pages");
            }
            if (lanes.laneOf(block, index) != lane) {
                throw malformed(run, "belongs to lane " + lanes.laneOf(block, index) + ", not " + lane);
            }
            checkLength(run, manifest.pageSize());
        }
    }

    /** Checks what can be checked without a manifest: order, counts, and lengths that no page size allows. */
    void checkShape() throws MalformedRecordException {
        if (round < 1 || block < 0 || unchanged < 0 || overflows < 0) {
            throw new MalformedRecordException("page batch has round " + round + ", block " + block + ", " + unchanged
                    + " unchanged, " + overflows + " overflows");
        }
        long end = 0;
        for (int run = 0; run < runs.size(); run++) {
            if (runs.count(run) < 1 || runs.index(run) < end || runs.index(run) > Manifest.MAX_BLOCK_PAGES) {
                throw malformed(run, "is empty, negative, or not after the run before it");
            }
            end = runs.index(run) + runs.count(run);
            if (runs.length(run) < 0) {
                throw malformed(run, "has a negative length");
            }
        }
        if (runs.payloadBytes() > MAX_PAYLOAD_BYTES) {
            throw new MalformedRecordException(
                    "payload of " + runs.payloadBytes() + " bytes is over the limit of " + MAX_PAYLOAD_BYTES);
        }
        if (compression == PayloadCompression.NONE && payloadLength != runs.payloadBytes()) {
            throw new MalformedRecordException(
                    "payload has " + payloadLength + " bytes, its runs " + runs.payloadBytes());
        }
    }

    private void checkLength(int run, int pageSize) throws MalformedRecordException {
        int length = runs.length(run);
        long count = runs.count(run);
        boolean right =
                switch (runs.encoding(run)) {
                    case NORMAL -> length == count * pageSize;
                    case ZERO -> length == 0;
                    case FILL -> length == 1;
                    case XBZRLE -> count == 1 && length > 0 && length <= pageSize;
                    case HASH -> length == count * PageEncoding.HASH_BYTES;
                };
        if (!right) {
            throw malformed(run, "has " + length + " bytes for " + count + " pages of " + pageSize);
        }
    }

    private MalformedRecordException malformed(int run, String what) {
        return new MalformedRecordException("run " + run + " (block " + block + ", page " + runs.index(run) + ", count "
                + runs.count(run) + ", " + runs.encoding(run) + ") " + what);
    }
}
