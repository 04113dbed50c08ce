package io.godwit.producer;

import io.godwit.client.Replication;
import io.godwit.directory.Handover;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.record.CheckpointEntry;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.topic.Lanes;
import io.godwit.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What an operator sets of a migration's sending. {@link #of} gives the defaults, {@code with...} changes one.
 *
 * @param migration its name
 * @param lanes 1 to {@link Lanes#MAX_LANES}
 * @param retention how long the stream can be replayed
 * @param maxBandwidthBytesPerSecond bytes a second that go to Kafka, compressed; 0 for as many as it takes
 * @param downtimeLimit how long the guest may stand still for its last pages
 * @param autoConverge whether a guest that dirties memory faster than it can be sent is throttled, where it can be
 * @param patience how long Kafka may be out of reach before the migration fails, and how long to wait for the transformer
 *     after the last record
 * @param handover how the guest changes host; null for what the source's kind suggests
 * @param target name of the only target that may have the guest; empty for the first that is ready
 * @param checkpoints names of those that targets hold
 * @param replication of topics that are created
 */
public record SendOptions(
        String migration,
        int lanes,
        Duration retention,
        long maxBandwidthBytesPerSecond,
        Duration downtimeLimit,
        boolean autoConverge,
        Duration patience,
        Handover handover,
        String target,
        List<String> checkpoints,
        Replication replication) {
    public static final Duration DEFAULT_RETENTION = Duration.ofHours(24);
    public static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(30);

    private static final String QEMU = "qemu";
    private static final Duration MAX_PATIENCE = Duration.ofDays(1);

    public SendOptions {
        Topics.checkMigration(migration);
        if (lanes < 1 || lanes > Lanes.MAX_LANES) {
            throw new IllegalArgumentException("lane count " + lanes + " is not in 1.." + Lanes.MAX_LANES);
        }
        checkPositive("retention", retention);
        if (maxBandwidthBytesPerSecond < 0) {
            throw new IllegalArgumentException("bandwidth " + maxBandwidthBytesPerSecond + " is negative");
        }
        checkPositive("downtime limit", downtimeLimit);
        checkPositive("patience", patience);
        if (patience.compareTo(MAX_PATIENCE) > 0) {
            throw new IllegalArgumentException("patience " + patience + " is over the limit of " + MAX_PATIENCE);
        }
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(replication, "replication");
        checkpoints = List.copyOf(checkpoints);
        checkpoints.forEach(CheckpointEntry::checkName);
        if (checkpoints.size() > StreamStart.MAX_CHECKPOINTS) {
            throw new IllegalArgumentException(
                    checkpoints.size() + " checkpoints are over the limit of " + StreamStart.MAX_CHECKPOINTS);
        }
        if (handover == Handover.PARKED && !target.isEmpty()) {
            throw new IllegalArgumentException("a parked guest goes to whoever claims it first, not to target " + target
                    + ": leave out --target, or --handover parked");
        }
    }

    /** The defaults. */
    public static SendOptions of(String migration) {
        return new SendOptions(
                migration,
                Lanes.DEFAULT_LANES,
                DEFAULT_RETENTION,
                0,
                PrecopySettings.DEFAULT_DOWNTIME_LIMIT,
                false,
                DEFAULT_PATIENCE,
                null,
                "",
                List.of(),
                Replication.OF_BROKERS);
    }

    public SendOptions withLanes(int newLanes) {
        return with(draft -> draft.lanes = newLanes);
    }

    public SendOptions withRetention(Duration newRetention) {
        return with(draft -> draft.retention = newRetention);
    }

    public SendOptions withMaxBandwidth(long bytesPerSecond) {
        return with(draft -> draft.maxBandwidthBytesPerSecond = bytesPerSecond);
    }

    public SendOptions withDowntimeLimit(Duration newDowntimeLimit) {
        return with(draft -> draft.downtimeLimit = newDowntimeLimit);
    }

    public SendOptions withAutoConverge(boolean newAutoConverge) {
        return with(draft -> draft.autoConverge = newAutoConverge);
    }

    public SendOptions withPatience(Duration newPatience) {
        return with(draft -> draft.patience = newPatience);
    }

    /** The same with another handover; null for what the source's kind suggests. */
    public SendOptions withHandover(Handover newHandover) {
        return with(draft -> draft.handover = newHandover);
    }

    /** The same for one target alone; empty for the first that is ready. */
    public SendOptions withTarget(String newTarget) {
        return with(draft -> draft.target = newTarget);
    }

    /** The same with other checkpoints, by name. */
    public SendOptions withCheckpoints(List<String> newCheckpoints) {
        return with(draft -> draft.checkpoints = newCheckpoints);
    }

    public SendOptions withReplication(Replication newReplication) {
        return with(draft -> draft.replication = newReplication);
    }

    /** How a guest of this kind of source changes host. */
    Handover handoverOf(String sourceKind) {
        if (handover != null) {
            return handover;
        }
        return sourceKind.equals(QEMU) ? Handover.VERIFIED : Handover.NONE;
    }

    /** What precopy is to know of them. */
    public PrecopySettings precopy() {
        return new PrecopySettings(downtimeLimit, autoConverge);
    }

    private static void checkPositive(String name, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(name + " " + duration + " is not positive");
        }
    }

    private SendOptions with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.options();
    }

    /** Options in the middle of a change. */
    private static final class Draft {
        private final String migration;
        private int lanes;
        private Duration retention;
        private long maxBandwidthBytesPerSecond;
        private Duration downtimeLimit;
        private boolean autoConverge;
        private Duration patience;
        private Handover handover;
        private String target;
        private List<String> checkpoints;
        private Replication replication;

        Draft(SendOptions options) {
            migration = options.migration;
            lanes = options.lanes;
            retention = options.retention;
            maxBandwidthBytesPerSecond = options.maxBandwidthBytesPerSecond;
            downtimeLimit = options.downtimeLimit;
            autoConverge = options.autoConverge;
            patience = options.patience;
            handover = options.handover;
            target = options.target;
            checkpoints = options.checkpoints;
            replication = options.replication;
        }

        SendOptions options() {
            return new SendOptions(
                    migration,
                    lanes,
                    retention,
                    maxBandwidthBytesPerSecond,
                    downtimeLimit,
                    autoConverge,
                    patience,
                    handover,
                    target,
                    checkpoints,
                    replication);
        }
    }
}
