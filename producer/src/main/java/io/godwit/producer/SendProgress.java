package io.godwit.producer;

import io.godwit.producer.precopy.PrecopyState;

/**
 * Where a migration's sending stands.
 *
 * @param phase what it does now
 * @param attempt 0 before it is claimed
 * @param guestBytes bytes of guest memory; 0 before the source has told
 * @param round the round that is being sent, and what is known of the guest's pace
 * @param roundBytes bytes of pages that were dirty when the round began
 * @param roundBytesSent how many of them were sent, and what became dirty ahead of the sender meanwhile
 * @param normalPages pages sent with their bytes, once for every time they were sent
 * @param zeroPages pages sent as zero pages
 * @param payloadBytes bytes of pages sent, before compression
 * @param wireBytes bytes given to Kafka
 * @param elapsedMillis since sending began
 */
public record SendProgress(
        Phase phase,
        int attempt,
        long guestBytes,
        PrecopyState round,
        long roundBytes,
        long roundBytesSent,
        long normalPages,
        long zeroPages,
        long payloadBytes,
        long wireBytes,
        long elapsedMillis) {
    /** What a sender does, in this order. */
    public enum Phase {
        /** Claims its attempt, creates topics, warms up. The guest has not been touched. */
        PREPARING,
        /** Sends rounds. */
        PRECOPY,
        /** The guest stands still, and its last pages are sent. */
        STOP_AND_COPY,
        /** All is stored; the guest stands still until it is handed over. */
        HANDOVER,
        /** All is stored; waits for the transformer to carry it on. */
        AWAITING_STREAM,
        /** Over, one way or another. */
        ENDED
    }
}
