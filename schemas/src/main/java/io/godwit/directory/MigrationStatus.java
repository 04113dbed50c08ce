package io.godwit.directory;

import java.util.Objects;

/**
 * An entry of the directory.
 *
 * @param agent random id of the process that wrote it
 * @param stream Kafka's id of the stream topic, or empty
 * @param lane the lane it is about, or -1
 * @param round the round whose end is on the stream, or that the target has applied, or 0
 * @param totals what is on the stream of the lane; null where it is not known
 * @param lanes the migration's lanes, or 0 where the writer does not know
 * @param guestBytes bytes of guest memory, or 0
 * @param source source kind, or empty
 * @param reason why it failed, or empty; in a commit, the agent of the target
 * @param target name of the target it is about, or that alone a source wants, or empty
 * @param handover how the guest changes host, where a source agent wrote it
 * @param atMillis milliseconds since the epoch
 */
public record MigrationStatus(
        String migration,
        int attempt,
        MigrationState state,
        String agent,
        String stream,
        int lane,
        int round,
        LaneTotals totals,
        int lanes,
        long guestBytes,
        String source,
        String reason,
        String target,
        Handover handover,
        long atMillis) {
    /** {@link #lane} of an entry that is about the migration as a whole. */
    public static final int NO_LANE = -1;

    public MigrationStatus {
        Objects.requireNonNull(migration, "migration");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(agent, "agent");
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(handover, "handover");
    }

    /** An entry of a source agent. */
    public MigrationStatus(
            String migration,
            int attempt,
            MigrationState state,
            String agent,
            String stream,
            int lane,
            int lanes,
            long guestBytes,
            String source,
            String reason,
            long atMillis) {
        this(
                migration,
                attempt,
                state,
                agent,
                stream,
                lane,
                0,
                null,
                lanes,
                guestBytes,
                source,
                reason,
                "",
                Handover.NONE,
                atMillis);
    }

    /** An entry about a lane, as the transformer writes it. */
    public static MigrationStatus ofLane(
            String migration, int attempt, MigrationState state, String agent, int lane, String reason, long atMillis) {
        return new MigrationStatus(migration, attempt, state, agent, "", lane, 0, 0, "", reason, atMillis);
    }

    /** The end of a lane's round is on the stream; its start for round 0. */
    public static MigrationStatus atRound(
            String migration, int attempt, String agent, int lane, int round, long atMillis) {
        return new MigrationStatus(
                migration,
                attempt,
                MigrationState.LANE_AT_ROUND,
                agent,
                "",
                lane,
                round,
                null,
                0,
                0,
                "",
                "",
                "",
                Handover.NONE,
                atMillis);
    }

    /** A lane's EOS is on the stream; {@code totals} is null where they are not known. */
    public static MigrationStatus laneEnded(
            String migration, int attempt, String agent, int lane, LaneTotals totals, long atMillis) {
        return new MigrationStatus(
                migration,
                attempt,
                MigrationState.LANE_ENDED,
                agent,
                "",
                lane,
                0,
                totals,
                0,
                0,
                "",
                "",
                "",
                Handover.NONE,
                atMillis);
    }

    /**
     * An entry of the handover.
     *
     * @param target name of the target it is about
     * @param round that the target has applied
     * @param reason why the target gave up; in a commit, the agent of the target
     */
    public static MigrationStatus ofHandover(
            String migration,
            int attempt,
            MigrationState state,
            String agent,
            String target,
            int round,
            String reason,
            long atMillis) {
        return new MigrationStatus(
                migration,
                attempt,
                state,
                agent,
                "",
                NO_LANE,
                round,
                null,
                0,
                0,
                "",
                reason,
                target,
                Handover.NONE,
                atMillis);
    }

    /** The same entry with another state and reason, now. */
    public MigrationStatus with(MigrationState newState, String newReason, long newAtMillis) {
        return new MigrationStatus(
                migration,
                attempt,
                newState,
                agent,
                stream,
                lane,
                round,
                totals,
                lanes,
                guestBytes,
                source,
                newReason,
                target,
                handover,
                newAtMillis);
    }

    /** The same entry of a source agent, with what it has found out: how much memory there is. */
    public MigrationStatus withGuestBytes(long newGuestBytes) {
        return new MigrationStatus(
                migration,
                attempt,
                state,
                agent,
                stream,
                lane,
                round,
                totals,
                lanes,
                newGuestBytes,
                source,
                reason,
                target,
                handover,
                atMillis);
    }

    /**
     * The entry's Kafka key. Claims, commits, ends and failures have keys of their own, so that compaction changes neither
     * who was first nor what is known of each lane. Attempts have, too, and so have the deletion and the release: what a
     * source agent says late, of an attempt that was fenced off, deleted or let go, takes nobody's place.
     */
    public String key() {
        return switch (state) {
            case CLAIMED -> migration + "/attempt/" + attempt + "/" + agent;
            case LANE_AT_ROUND -> migration + "/lane-at-round/" + attempt + "/" + lane;
            case LANE_ENDED -> migration + "/lane-ended/" + attempt + "/" + lane;
            case FAILED -> lane == NO_LANE ? sourceKey() : migration + "/failed/" + attempt + "/" + lane;
            case DELETED -> migration;
            case TARGET_AT_ROUND, VERIFIED, TARGET_FAILED -> migration + "/target/" + attempt + "/" + agent;
            case COMMITTED -> migration + "/commit/" + attempt + "/" + agent;
            case RELEASED -> releaseKey();
            case CONTINUED -> migration + "/continued/" + attempt + "/" + agent;
            case CANCEL -> migration + "/cancel/" + attempt;
            case UNKNOWN, SENDING, SENT, INTERRUPTED, PARKED -> sourceKey();
        };
    }

    /** The migration that an entry of this {@link #key} is of. */
    static String migrationOf(String key) {
        int end = key.indexOf('/');
        return end < 0 ? key : key.substring(0, end);
    }

    /** Whether it says how its source agent stands. */
    boolean isOfSource() {
        return key().equals(sourceKey());
    }

    /** Whether it says how a target stands. */
    boolean isOfTarget() {
        return switch (state) {
            case TARGET_AT_ROUND, VERIFIED, TARGET_FAILED -> true;
            default -> false;
        };
    }

    /** Key of the entry that says that the source of this entry's attempt has let go. */
    String releaseKey() {
        return migration + "/released/" + attempt;
    }

    private String sourceKey() {
        return migration + "/source/" + attempt;
    }
}
