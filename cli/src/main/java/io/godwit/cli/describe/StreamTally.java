package io.godwit.cli.describe;

import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import io.godwit.report.ByteCounts;
import io.godwit.report.PageCounts;
import java.util.List;
import java.util.TreeMap;

/**
 * Counts the records of a stream, lane by lane in log order. Passes over what a target would pass over: repeated records and
 * attempts that were replaced. Not thread-safe.
 */
final class StreamTally {
    private final String migration;
    private final String stream;
    private final int[] attemptOfLane;
    private final long[] sequenceOfLane;
    private final TreeMap<Integer, AttemptTally> attempts = new TreeMap<>();
    private long records;
    private long repeated;
    private long expired;
    private long repeatedBytes;

    /**
     * @param stream Kafka's id of the stream topic
     * @param lanes partitions of the stream topic
     */
    StreamTally(String migration, String stream, int lanes) {
        this.migration = migration;
        this.stream = stream;
        attemptOfLane = new int[lanes];
        sequenceOfLane = new long[lanes];
    }

    /** The log begins {@code count} records later than it was written. */
    void addExpired(long count) {
        expired += count;
    }

    /**
     * Counts the next record of its lane.
     *
     * @param recordBytes bytes in the log: key, value and headers
     */
    void add(StreamRecord record, int recordBytes) {
        int lane = record.lane();
        records++;
        if (record.attempt() < attemptOfLane[lane]
                || (record.attempt() == attemptOfLane[lane] && record.sequence() <= sequenceOfLane[lane])) {
            repeated++;
            repeatedBytes += recordBytes;
            return;
        }
        AttemptTally attempt = attempt(record.attempt());
        checkSequence(record, attempt);
        attemptOfLane[lane] = record.attempt();
        sequenceOfLane[lane] = record.sequence();
        attempt.add(record, recordBytes);
    }

    /** Counts a record that cannot be read: whatever attempt it is of cannot be completed. */
    void addUnreadable(int lane, long offset, String reason, int recordBytes) {
        records++;
        repeatedBytes += recordBytes;
        attempt(Math.max(1, attemptOfLane[lane]))
                .addProblem("lane " + lane + ", offset " + offset + ": record cannot be read (" + reason + ")");
    }

    StreamDescription describe() {
        AttemptTally newest = attempts.isEmpty()
                ? new AttemptTally(0, attemptOfLane.length)
                : attempts.lastEntry().getValue();
        StreamStart start = newest.start();
        List<StreamDescription.Attempt> summaries =
                attempts.values().stream().map(AttemptTally::summary).toList();
        return new StreamDescription(
                migration,
                stream,
                start == null ? null : start.source(),
                start == null ? null : start.createdMillis(),
                start == null ? null : start.manifest().pageSize(),
                start == null ? null : start.manifest().blocks(),
                attemptOfLane.length,
                newest.attempt(),
                newest.rounds(),
                records,
                repeated,
                expired,
                sumOfPages(summaries),
                sumOfBytes(summaries),
                newest.deviceStateBytes(),
                newest.lanesEnded(),
                newest.isEnded(),
                newest.isEnded() ? String.format("%016x", newest.digest()) : null,
                newest.problems(),
                summaries);
    }

    private AttemptTally attempt(int attempt) {
        return attempts.computeIfAbsent(attempt, number -> new AttemptTally(number, attemptOfLane.length));
    }

    private void checkSequence(StreamRecord record, AttemptTally attempt) {
        int lane = record.lane();
        long expected = record.attempt() == attemptOfLane[lane] ? sequenceOfLane[lane] + 1 : 0;
        if (record.sequence() != expected) {
            attempt.addProblem("lane " + lane + ": sequences " + expected + " to " + (record.sequence() - 1)
                    + " are not in the log");
        }
    }

    private static PageCounts sumOfPages(List<StreamDescription.Attempt> attempts) {
        long normal = 0;
        long zero = 0;
        long fill = 0;
        long xbzrle = 0;
        long hash = 0;
        long unchanged = 0;
        for (StreamDescription.Attempt attempt : attempts) {
            normal += attempt.pages().normal();
            zero += attempt.pages().zero();
            fill += attempt.pages().fill();
            xbzrle += attempt.pages().xbzrle();
            hash += attempt.pages().hash();
            unchanged += attempt.pages().unchanged();
        }
        return new PageCounts(normal, zero, fill, xbzrle, hash, unchanged);
    }

    private ByteCounts sumOfBytes(List<StreamDescription.Attempt> attempts) {
        Long guest = 0L;
        long payload = 0;
        long wire = repeatedBytes;
        for (StreamDescription.Attempt attempt : attempts) {
            Long attemptGuest = attempt.bytes().guest();
            guest = guest == null || attemptGuest == null ? null : Long.valueOf(guest + attemptGuest);
            payload += attempt.bytes().payload();
            wire += attempt.bytes().wire();
        }
        return new ByteCounts(guest, payload, wire);
    }
}
