package io.godwit.cli.describe;

import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.StreamBody.DeviceState;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamFailure;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import io.godwit.report.ByteCounts;
import io.godwit.report.PageCounts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Counts one attempt. Not thread-safe. */
final class AttemptTally {
    private final int attempt;
    private final int[] roundsOfLane;
    private final BitSet endedLanes = new BitSet();
    private final long[] pagesByEncoding = new long[PageEncoding.values().length];
    private final List<String> problems = new ArrayList<>();
    private StreamStart start;
    private long unchanged;
    private long payloadBytes;
    private long wireBytes;
    private long records;
    private long deviceStateBytes;
    private long digest;

    AttemptTally(int attempt, int lanes) {
        this.attempt = attempt;
        roundsOfLane = new int[lanes];
    }

    void add(StreamRecord record, int recordBytes) {
        records++;
        wireBytes += recordBytes;
        if (record.body() instanceof PageBatch batch) {
            addBatch(batch);
        } else if (record.body() instanceof StreamStart body) {
            start = body;
        } else if (record.body() instanceof RoundEnd body) {
            roundsOfLane[record.lane()] = body.round();
        } else if (record.body() instanceof DeviceState body) {
            deviceStateBytes += body.bytes().length;
        } else if (record.body() instanceof EndOfStream body) {
            endedLanes.set(record.lane());
            digest += body.digest();
        } else if (record.body() instanceof StreamFailure body) {
            problems.add("lane " + record.lane() + ", sequence " + record.sequence()
                    + ": the transformer could not read a record (" + body.reason() + ")");
        }
    }

    void addProblem(String problem) {
        problems.add(problem);
    }

    StreamDescription.Attempt summary() {
        return new StreamDescription.Attempt(
                attempt, rounds(), records, pages(), bytes(), endedLanes.cardinality(), isEnded());
    }

    /** The first record of any lane; null where none is left. */
    StreamStart start() {
        return start;
    }

    int attempt() {
        return attempt;
    }

    /** Rounds that every lane has completed. */
    int rounds() {
        return Arrays.stream(roundsOfLane).min().orElse(0);
    }

    boolean isEnded() {
        return endedLanes.cardinality() == roundsOfLane.length;
    }

    int lanesEnded() {
        return endedLanes.cardinality();
    }

    long deviceStateBytes() {
        return deviceStateBytes;
    }

    long digest() {
        return digest;
    }

    List<String> problems() {
        return problems;
    }

    PageCounts pages() {
        return new PageCounts(
                pages(PageEncoding.NORMAL),
                pages(PageEncoding.ZERO),
                pages(PageEncoding.FILL),
                pages(PageEncoding.XBZRLE),
                pages(PageEncoding.HASH),
                unchanged);
    }

    ByteCounts bytes() {
        Long guestBytes = start == null
                ? null
                : (Arrays.stream(pagesByEncoding).sum() + unchanged)
                        * start.manifest().pageSize();
        return new ByteCounts(guestBytes, payloadBytes, wireBytes);
    }

    private void addBatch(PageBatch batch) {
        for (PageEncoding encoding : PageEncoding.values()) {
            pagesByEncoding[encoding.id()] += batch.runs().pages(encoding);
        }
        unchanged += batch.unchanged();
        payloadBytes += batch.runs().payloadBytes();
    }

    private long pages(PageEncoding encoding) {
        return pagesByEncoding[encoding.id()];
    }
}
