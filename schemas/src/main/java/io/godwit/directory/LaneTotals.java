package io.godwit.directory;

import io.godwit.report.PageCounts;

/**
 * What the transformer has put on the stream for one attempt of a lane.
 *
 * @param unchanged pages that were left out because targets have them already
 * @param payloadBytes bytes of the pages' encodings, before compression
 * @param wireBytes bytes of the records' keys and values
 */
public record LaneTotals(
        long normal, long zero, long fill, long xbzrle, long hash, long unchanged, long payloadBytes, long wireBytes) {
    /** Nothing yet. */
    public static final LaneTotals NONE = new LaneTotals(0, 0, 0, 0, 0, 0, 0, 0);

    /** The sum of both. */
    public LaneTotals plus(LaneTotals other) {
        return new LaneTotals(
                normal + other.normal,
                zero + other.zero,
                fill + other.fill,
                xbzrle + other.xbzrle,
                hash + other.hash,
                unchanged + other.unchanged,
                payloadBytes + other.payloadBytes,
                wireBytes + other.wireBytes);
    }

    /** The pages among them. */
    public PageCounts pages() {
        return new PageCounts(normal, zero, fill, xbzrle, hash, unchanged);
    }
}
