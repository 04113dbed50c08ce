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
    DELETED,
    /** A target has applied a round in every lane; it has begun where that is round 0. */
    TARGET_AT_ROUND,
    /** A target has applied and verified everything, and is ready to continue the guest. */
    VERIFIED,
    /** A target gave up. */
    TARGET_FAILED,
    /** The guest goes to the target named; the first such entry of an attempt counts. */
    COMMITTED,
    /** All is on the stream, and the guest is to be let go without a target: the log itself holds it. */
    PARKED,
    /** The source's hypervisor has let go of the guest for good. */
    RELEASED,
    /** A target goes on with the guest. */
    CONTINUED,
    /** Somebody asks the source agent to give up. */
    CANCEL
}
