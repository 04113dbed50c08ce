package io.godwit.transformer.processor;

import io.godwit.directory.LaneTotals;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.topic.Topics;
import java.nio.charset.StandardCharsets;

/** Sums up what was put on the stream for one attempt of a lane, from its start on. */
final class LaneTally {
    /** Name and value of {@link Topics#ORIGIN_HEADER}. */
    private static final int HEADER_BYTES =
            Topics.ORIGIN_HEADER.getBytes(StandardCharsets.UTF_8).length + Integer.BYTES + Long.BYTES;

    private final long[] pages = new long[PageEncoding.values().length];
    private long unchanged;
    private long payloadBytes;
    private long wireBytes;

    /** Counts a record that was put on the stream. */
    void add(LaneUpdate update) {
        wireBytes += update.writtenBytes()
                + HEADER_BYTES
                + Topics.laneKey(update.lane().migration(), update.lane().lane())
                        .length();
        if (update.isRefined()) {
            BatchWork work = update.work();
            RunList runs = work.runs();
            for (int run = 0; run < runs.size(); run++) {
                add(runs.encoding(run), runs.count(run), runs.length(run));
            }
            unchanged += work.unchanged();
        } else if (update.record().body() instanceof PageBatch batch) {
            PageRuns runs = batch.runs();
            for (int run = 0; run < runs.size(); run++) {
                add(runs.encoding(run), runs.count(run), runs.length(run));
            }
            unchanged += batch.unchanged();
        }
    }

    LaneTotals totals() {
        return new LaneTotals(
                pages[PageEncoding.NORMAL.id()],
                pages[PageEncoding.ZERO.id()],
                pages[PageEncoding.FILL.id()],
                pages[PageEncoding.XBZRLE.id()],
                pages[PageEncoding.HASH.id()],
                unchanged,
                payloadBytes,
                wireBytes);
    }

    private void add(PageEncoding encoding, int count, int length) {
        pages[encoding.id()] += count;
        payloadBytes += length;
    }
}
