package io.godwit.producer;

import io.godwit.client.ClientSettings;
import io.godwit.client.TopicSetup;
import io.godwit.client.TopicUse;
import io.godwit.directory.DirectoryException;
import io.godwit.directory.Handover;
import io.godwit.directory.MigrationDirectory;
import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationStatus;
import io.godwit.directory.MigrationView;
import io.godwit.producer.source.MemorySource;
import io.godwit.record.Manifest;
import io.godwit.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;

/**
 * One attempt of a migration as the directory and the cluster know it: claimed, its topics there, its state told to others.
 * Any thread may call it. Kafka's own failures come out as {@link KafkaException}.
 */
final class Attempt implements AutoCloseable {
    /** How long a look at what is new may take: enough to fetch it, too short to delay anybody. */
    private static final Duration LOOK = Duration.ofMillis(1);

    private final MigrationDirectory directory;
    private final NamedCheckpoints checkpoints;
    private MigrationStatus status;

    private Attempt(MigrationDirectory directory, NamedCheckpoints checkpoints, MigrationStatus status) {
        this.directory = directory;
        this.checkpoints = checkpoints;
        this.status = status;
    }

    /**
     * Claims the next attempt and creates what topics are missing. Before that, finds out what became of an attempt that was
     * left open.
     *
     * @return empty if the guest has left its source in the attempt that was left open
     * @throws SourceException if the migration was sent already, is being claimed by another, or has another lane count, or
     *     if a checkpoint of the options is not known
     */
    static Optional<Attempt> claim(SendOptions options, ClientSettings clients, MemorySource source)
            throws SourceException, InterruptedException {
        try (Admin admin = clients.newAdmin()) {
            TopicSetup.ensureShared(admin, options.replication(), uses(options));
            // Before the claim: a mistake of this command must not fence off an attempt that is being sent.
            checkLanes(admin, options);
            MigrationDirectory directory = new MigrationDirectory(clients, options.patience());
            boolean claimed = false;
            try {
                if (HandoverRecovery.resolveOpen(directory, options.migration(), source::fate)
                        == HandoverRecovery.Outcome.RELEASED) {
                    return Optional.empty();
                }
                NamedCheckpoints checkpoints =
                        NamedCheckpoints.find(clients, options.patience(), options.checkpoints());
                int attempt = directory.claimAttempt(options.migration());
                TopicDescription stream = TopicSetup.ensureStream(
                        admin, options.migration(), options.lanes(), options.retention(), options.replication());
                claimed = true;
                return Optional.of(new Attempt(
                        directory, checkpoints, sending(options, attempt, directory.agent(), stream, source)));
            } catch (DirectoryException e) {
                throw new SourceException(e.getMessage(), e);
            } finally {
                if (!claimed) {
                    directory.close();
                }
            }
        }
    }

    int number() {
        return status.attempt();
    }

    /** Kafka's id of the stream topic. */
    String stream() {
        return status.stream();
    }

    /** What targets are said to hold. */
    NamedCheckpoints checkpoints() {
        return checkpoints;
    }

    /** How the guest changes host. */
    Handover handover() {
        return status.handover();
    }

    /** Tells the directory that the guest's memory is being sent. */
    synchronized void begin(Manifest manifest) {
        status = status.withGuestBytes(manifest.totalBytes());
        // Read, too: what is looked at from now on is never older than the attempt itself.
        directory.publishAndRead(status.with(MigrationState.SENDING, "", System.currentTimeMillis()));
    }

    /** Tells the directory how the attempt stands. */
    synchronized void publish(MigrationState state, String reason) {
        directory.publish(status.with(state, reason, System.currentTimeMillis()));
    }

    /**
     * Gives the guest to a target.
     *
     * @throws SourceException if the attempt no longer counts: the guest must not be let go
     */
    void commit(MigrationStatus target) throws SourceException {
        directory.publishAndRead(ofHandover(MigrationState.COMMITTED, target.target(), target.agent()));
        checkUncontested();
    }

    /**
     * Gives the guest to the log.
     *
     * @throws SourceException as {@link #commit}
     */
    void park() throws SourceException {
        directory.publishAndRead(status.with(MigrationState.PARKED, "", System.currentTimeMillis()));
        checkUncontested();
    }

    /** Tells the directory that the guest has left its source. */
    void released() {
        directory.publish(ofHandover(MigrationState.RELEASED, "", ""));
    }

    /**
     * Asks the directory whether the attempt still counts.
     *
     * @throws SourceException if a newer one was claimed, the migration was deleted, or the attempt has failed on its way
     */
    MigrationView check() throws SourceException {
        directory.refresh();
        return known();
    }

    /**
     * What the directory knows of the attempt by now, or a few milliseconds ago.
     *
     * @throws SourceException as {@link #check}
     */
    MigrationView view() throws SourceException {
        return next(LOOK);
    }

    /**
     * What the directory knows of the attempt once something is new, or {@code limit} is over.
     *
     * @throws SourceException as {@link #check}
     */
    MigrationView next(Duration limit) throws SourceException {
        directory.awaitNext(limit);
        return known();
    }

    @Override
    public void close() {
        directory.close();
    }

    private MigrationView known() throws SourceException {
        String migration = status.migration();
        int newest = directory.knownAttempt(migration);
        if (newest > number()) {
            throw new SourceException(
                    "attempt " + number() + " of migration " + migration + " was fenced off by attempt " + newest
                            + " of another sender; see who sends it (godwit describe " + migration + ")");
        }
        MigrationView view = directory
                .known(migration)
                .orElseThrow(() -> new SourceException("migration " + migration + " was deleted while it was sent"));
        if (!view.failures().isEmpty()) {
            int lane = view.failures().firstKey();
            throw SourceException.ofLane(
                    lane,
                    "migration " + migration + ", attempt " + number() + ", lane " + lane
                            + " could not be carried on by the transformer: "
                            + view.failures().get(lane) + "; send it again");
        }
        return view;
    }

    /** Whoever has claimed a newer attempt, or has declared this one dead, may not know of the commit. */
    private void checkUncontested() throws SourceException {
        if (known().handover().isGivenUp()) {
            throw new SourceException("attempt " + number() + " of migration " + status.migration()
                    + " was given up by another agent of its source: send it again");
        }
    }

    private MigrationStatus ofHandover(MigrationState state, String target, String reason) {
        return MigrationStatus.ofHandover(
                status.migration(), number(), state, directory.agent(), target, 0, reason, System.currentTimeMillis());
    }

    private static MigrationStatus sending(
            SendOptions options, int attempt, String agent, TopicDescription stream, MemorySource source) {
        return new MigrationStatus(
                options.migration(),
                attempt,
                MigrationState.SENDING,
                agent,
                stream.topicId().toString(),
                MigrationStatus.NO_LANE,
                0,
                null,
                options.lanes(),
                0,
                source.kind(),
                "",
                options.target(),
                options.handoverOf(source.kind()),
                System.currentTimeMillis());
    }

    private static void checkLanes(Admin admin, SendOptions options) throws SourceException, InterruptedException {
        String stream = Topics.stream(options.migration());
        Optional<TopicDescription> existing =
                TopicUse.of(stream, AclOperation.DESCRIBE).find(admin);
        if (existing.isPresent() && existing.get().partitions().size() != options.lanes()) {
            int lanes = existing.get().partitions().size();
            throw new SourceException("topic " + stream + " of an earlier attempt has " + lanes + " lanes, not "
                    + options.lanes() + "; send with --lanes " + lanes + ", or delete the migration first");
        }
    }

    private static List<TopicUse> uses(SendOptions options) {
        List<TopicUse> uses =
                new ArrayList<>(List.of(TopicUse.write(Topics.PAGES), TopicUse.readAndWrite(Topics.MIGRATIONS)));
        if (!options.checkpoints().isEmpty()) {
            uses.add(TopicUse.read(Topics.CHECKPOINT_NAMES));
        }
        return uses;
    }
}
