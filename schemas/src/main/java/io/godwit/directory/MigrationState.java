package io.godwit.directory;

/** What an entry of the directory says. Names are the symbols of {@code MigrationStatus.avsc}. */
public enum MigrationState {
    /** Written by a newer version. */
    UNKNOWN,
    /** A source agent asks for an attempt: the first such entry in the log has it. */
    CLAIMED,
    /** A source agent is sending. */
    SENDING,
    /** The source agent has sent everything; the ingress holds it. */
    SENT,
    /** The transformer has put a lane's start (round 0) or the end of one of its rounds on the stream. */
    LANE_AT_ROUND,
    /** The transformer has put a lane's EOS on the stream. */
    LANE_ENDED,
    /** The source agent was told to stop; the guest runs on at its source. */
    INTERRUPTED,
    /** The attempt cannot be completed. */
    FAILED,
    /** The stream was deleted; the entry keeps the attempt's number from being used again. */
    DELETED
}
