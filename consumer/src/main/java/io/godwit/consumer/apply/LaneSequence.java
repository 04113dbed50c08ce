package io.godwit.consumer.apply;

import io.godwit.consumer.position.LanePosition;
import io.godwit.record.StreamBody.StreamFailure;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;

/**
 * Judges which records of a lane count: the consumer's side of the invariants of order, attempts and exactly once.
 *
 * <pre>
 *   record, by its attempt and sequence                       judgement
 *   --------------------------------------------------------  ---------------------------------------------------------
 *   older attempt                                             SKIP: fenced off
 *   this attempt, after a StreamFailure of it                 SKIP: it cannot be completed
 *   this attempt, StreamFailure                               SKIP, fault held, unless ended
 *   this attempt, sequence below the next                     SKIP: applied before
 *   this attempt, the next sequence                           APPLY; refused after EOS, and where it is a start
 *   this attempt, sequence above the next                     SKIP: a hole, held until what is missing comes
 *   newer attempt, StreamStart of this stream, sequence 0     BEGIN; a fault held for this or an older attempt is void
 *   newer attempt, StreamStart of another stream              SKIP, with all that follows of its attempt: a leftover
 *   newer attempt, StreamFailure                              SKIP, fault held
 *   newer attempt, any other record                           SKIP: a hole, held until the attempt's start comes
 * </pre>
 *
 * A held fault refuses the stream only once the lane was read to where it ended when the fault was met: until there, a newer
 * attempt may make it void. A StreamFailure does not count as the record whose place it has: the transformer may have guessed
 * the place, and the record may follow. So nothing of the attempt is applied after it, and nothing has to be: the transformer
 * begins the next attempt without pages.
 *
 * <p>A hole is held because it may be filled: a transformer whose record expired while Kafka was out of reach may have written
 * the next one before it begins again at the one that is missing.
 *
 * <p>Feeds on records in offset order; one thread. A refusal changes nothing.
 */
final class LaneSequence {
    /** What is to be done with a record. */
    enum Judgement {
        /** Nothing; it is read. */
        SKIP,
        /** A new attempt begins with it. */
        BEGIN,
        /** It is the next one. */
        APPLY
    }

    /**
     * Why the attempt that is read cannot be completed.
     *
     * @param attempt the attempt it is held for
     * @param offset of the record that gave rise to it
     * @param hole whether it is void once the lane's next record comes after all
     */
    record Fault(int attempt, long offset, boolean hole, String message) {}

    private final String migration;
    private final String stream;
    private final int lane;

    private LanePosition position;
    private int leftoverAttempt;
    private Fault fault;

    /**
     * @param stream Kafka's id of the stream topic
     * @param position where the lane stands
     */
    LaneSequence(String migration, String stream, int lane, LanePosition position) {
        this.migration = migration;
        this.stream = stream;
        this.lane = lane;
        this.position = position;
    }

    LanePosition position() {
        return position;
    }

    /** The fault that is held, or null. */
    Fault fault() {
        return fault;
    }

    /** Judges the record at {@code offset}; the caller then {@link #moveTo moves} on. */
    Judgement judge(StreamRecord record, long offset) throws RefusedStreamException {
        if (!record.migration().equals(migration) || record.lane() != lane) {
            throw new RefusedStreamException(record.place() + " lies at offset " + offset + " of lane " + lane
                    + " of migration " + migration + ", where it does not belong");
        }
        if (record.attempt() < position.attempt()) {
            return Judgement.SKIP;
        }
        return record.attempt() == position.attempt() ? judgeCurrent(record, offset) : judgeNewer(record, offset);
    }

    /** Takes the position that the lane has after the record that was judged last. */
    void moveTo(LanePosition newPosition) {
        boolean begins = newPosition.attempt() > position.attempt();
        boolean goesOn = newPosition.nextSequence() > position.nextSequence();
        if (fault != null && fault.attempt() <= newPosition.attempt() && (begins || (fault.hole() && goesOn))) {
            fault = null;
        }
        position = newPosition;
    }

    private Judgement judgeCurrent(StreamRecord record, long offset) throws RefusedStreamException {
        long next = position.nextSequence();
        if (record.body() instanceof StreamFailure failure && !position.ended()) {
            hold(fault(record, offset, unreadable(failure)));
        }
        if (record.body() instanceof StreamFailure || isUnreadable() || record.sequence() < next) {
            return Judgement.SKIP;
        }
        if (record.sequence() > next) {
            String reason = "sequence " + next + " was to come next: the stream has a hole of "
                    + (record.sequence() - next) + " records at offset " + offset
                    + "; delete the migration and send it again";
            hold(hole(record, offset, reason));
            return Judgement.SKIP;
        }
        if (position.ended()) {
            throw refused(record, "the lane had ended before, and a record follows its EOS marker");
        }
        if (record.body() instanceof StreamStart) {
            throw refused(record, "the attempt began before, and begins again");
        }
        return Judgement.APPLY;
    }

    /** Whether a record of the attempt that is applied could not be read. */
    private boolean isUnreadable() {
        return fault != null && !fault.hole() && fault.attempt() == position.attempt();
    }

    private Judgement judgeNewer(StreamRecord record, long offset) {
        if (record.body() instanceof StreamStart start && record.sequence() == 0) {
            if (start.stream().equals(stream)) {
                return Judgement.BEGIN;
            }
            leftoverAttempt = Math.max(leftoverAttempt, record.attempt());
        }
        if (record.attempt() > leftoverAttempt) {
            hold(
                    record.body() instanceof StreamFailure failure
                            ? fault(record, offset, unreadable(failure))
                            : hole(
                                    record,
                                    offset,
                                    "the attempt does not begin with its start; send the migration again"));
        }
        return Judgement.SKIP;
    }

    private static String unreadable(StreamFailure failure) {
        return "the transformer could not read a record of this lane (" + failure.reason()
                + "); send the migration again";
    }

    private void hold(Fault newFault) {
        boolean graver = fault == null || newFault.attempt() > fault.attempt() || (fault.hole() && !newFault.hole());
        if (graver) {
            fault = newFault;
        }
    }

    private static Fault fault(StreamRecord record, long offset, String reason) {
        return new Fault(record.attempt(), offset, false, record.place() + ": " + reason);
    }

    private static Fault hole(StreamRecord record, long offset, String reason) {
        return new Fault(record.attempt(), offset, true, record.place() + ": " + reason);
    }

    private static RefusedStreamException refused(StreamRecord record, String reason) {
        return new RefusedStreamException(record.place() + ": " + reason);
    }
}
