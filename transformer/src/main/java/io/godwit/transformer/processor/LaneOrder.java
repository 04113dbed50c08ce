package io.godwit.transformer.processor;

import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import io.godwit.transformer.store.LanePages;
import java.util.List;

/**
 * Where a lane stands, and what that makes of a record.
 *
 * <pre>
 *   the lane has had          the record                        standing    the lane's pages
 *   nothing                   any                               NEXT        are none yet
 *   attempt a                 attempt below a                   OUTDATED    kept
 *   attempt a, stream s       attempt a or above, StreamStart   NEXT        cleared
 *                             of another stream
 *   attempt a, stream s       attempt a + 1, StreamStart of     NEXT        kept
 *                             s with sequence 0
 *   attempt a                 attempt above a, any other        NEXT        cleared
 *   attempt a, sequence n     attempt a, up to n                REPEATED    kept, but for the record's own
 *   attempt a, sequence n     attempt a, n + 1                  NEXT        kept
 *   attempt a, sequence n     attempt a, above n + 1            NEXT        cleared
 * </pre>
 *
 * <p>A lane has a stream only as long as it has had every record since that stream's start. Once one was missing, or could
 * not be read, or the lane was met in its middle, targets may have stopped before what is cached: then a new attempt, which
 * they go on with, finds no stream and begins with no pages. Nor does the lane have pages for an attempt that is not the next
 * one: what a lane was met with may have come late, of an attempt that targets had left for one in between.
 *
 * <p>Checkpoints are those that the attempt's start named, and none if the lane was met in its middle: which pages a target
 * has besides does not depend on what the lane has had.
 *
 * <p>The lane moves on before its record is sent. So a record that has to be processed once more, because sending it failed,
 * is met as repeated: what of it has reached the cache cannot become the base of its own delta.
 */
final class LaneOrder {
    private static final String NO_STREAM = "";

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
            interrupt(lane);
        }
        if (record.body() instanceof StreamStart start && record.sequence() == 0) {
            lane.streamId(start.stream());
            lane.checkpoints(start.checkpoints());
        } else if (record.attempt() != lane.attempt()) {
            lane.checkpoints(List.of());
        }
        lane.attempt(record.attempt());
        lane.lastSequence(record.sequence());
        return Standing.NEXT;
    }

    /** Marks that targets may not have what the lane has had: no page of it is a base any more. */
    static void interrupt(LanePages lane) {
        lane.clear();
        lane.streamId(NO_STREAM);
    }

    private static boolean beginsAnotherStream(LanePages lane, StreamRecord record) {
        return record.body() instanceof StreamStart start
                && !lane.streamId().equals(NO_STREAM)
                && !lane.streamId().equals(start.stream());
    }

    /** Whether the lane's pages are, before this record, as every target has them. */
    private static boolean continues(LanePages lane, StreamRecord record) {
        if (record.body() instanceof StreamStart start) {
            return record.sequence() == 0
                    && record.attempt() == lane.attempt() + 1
                    && start.stream().equals(lane.streamId());
        }
        return record.attempt() == lane.attempt() && record.sequence() == lane.lastSequence() + 1;
    }
}
