package io.godwit.transformer.processor;

import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import io.godwit.transformer.store.LanePages;

/**
 * Where a lane stands, and what that makes of a record.
 *
 * <pre>
 *   the lane has had          the record                        standing    the lane's pages
 *   nothing                   any                               NEXT        are none yet
 *   attempt a                 attempt below a                   OUTDATED    kept
 *   attempt a, stream s       attempt a or above, StreamStart   NEXT        cleared
 *                             of another stream
 *   attempt a, stream s       attempt above a, StreamStart of   NEXT        kept
 *                             s with sequence 0
 *   attempt a                 attempt above a, any other        NEXT        cleared
 *   attempt a, sequence n     attempt a, up to n                REPEATED    kept, but for the record's own
 *   attempt a, sequence n     attempt a, n + 1                  NEXT        kept
 *   attempt a, sequence n     attempt a, above n + 1            NEXT        cleared
 * </pre>
 *
 * <p>The lane moves on before its record is sent. So a record that has to be processed once more, because sending it failed,
 * is met as repeated: what of it has reached the cache cannot become the base of its own delta.
 */
final class LaneOrder {
    private LaneOrder() {}

    /** Judges a record and moves its lane on. */
    static Standing advance(LanePages lane, StreamRecord record) {
        if (record.attempt() < lane.attempt()) {
            return Standing.OUTDATED;
        }
        if (record.attempt() == lane.attempt()
                && record.sequence() <= lane.lastSequence()
                && !beginsAnotherStream(lane, record)) {
            return Standing.REPEATED;
        }
        if (!continues(lane, record)) {
            lane.clear();
        }
        if (record.body() instanceof StreamStart start) {
            lane.streamId(start.stream());
        } else if (record.attempt() != lane.attempt()) {
            lane.streamId("");
        }
        lane.attempt(record.attempt());
        lane.lastSequence(record.sequence());
        return Standing.NEXT;
    }

    private static boolean beginsAnotherStream(LanePages lane, StreamRecord record) {
        return record.body() instanceof StreamStart start
                && !lane.streamId().isEmpty()
                && !start.stream().equals(lane.streamId());
    }

    /** Whether the lane's pages are, before this record, as every target has them. */
    private static boolean continues(LanePages lane, StreamRecord record) {
        if (record.body() instanceof StreamStart start && !start.stream().equals(lane.streamId())) {
            return false;
        }
        if (record.attempt() == lane.attempt()) {
            return record.sequence() == lane.lastSequence() + 1;
        }
        return record.body() instanceof StreamStart && record.sequence() == 0;
    }
}
