package io.godwit.consumer;

import io.godwit.report.ByteCounts;
import io.godwit.report.PageCounts;

/**
 * How far a receiver is, at about one instant.
 *
 * @param attempt the newest attempt that was met; 0 before the first
 * @param round the last round that every lane has applied; 0 before the first
 * @param lanes lanes of the stream; 0 before it is known
 * @param lanesEnded lanes that have ended
 * @param guestBytes bytes of guest memory; 0 before it is known
 * @param pages pages applied by this receiver
 * @param bytes bytes applied by this receiver
 * @param elapsedMillis since the first record was read; 0 before
 */
public record ReceiveProgress(
        Phase phase,
        int attempt,
        int round,
        int lanes,
        int lanesEnded,
        long guestBytes,
        PageCounts pages,
        ByteCounts bytes,
        long elapsedMillis) {
    /** What a receiver does. */
    public enum Phase {
        /** There is no stream topic yet. */
        WAITING_FOR_STREAM,
        /** The stream topic is there, and nothing was read of it yet. */
        WAITING_FOR_RECORDS,
        /** Records are being applied. */
        RECEIVING,
        /** All is over, well or not. */
        FINISHED
    }
}
