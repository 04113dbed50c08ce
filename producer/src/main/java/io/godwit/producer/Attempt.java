package io.godwit.producer;

import io.godwit.client.ClientSettings;
import io.godwit.client.TopicSetup;
import io.godwit.directory.DirectoryException;
import io.godwit.directory.MigrationDirectory;
import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationStatus;
import io.godwit.directory.MigrationView;
import io.godwit.record.Manifest;
import io.godwit.topic.Topics;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * One attempt of a migration as the directory and the cluster know it: claimed, its topics there, its state told to others.
 * Any thread may call it. Kafka's own failures come out as {@link KafkaException}.
 */
final class Attempt implements AutoCloseable {
    private final MigrationDirectory directory;
    private final MigrationStatus status;

    private Attempt(MigrationDirectory directory, MigrationStatus status) {
        this.directory = directory;
        this.status = status;
    }

    /**
     * Claims the next attempt and creates what topics are missing.
     *
     * @param source kind of the source
     * @throws SourceException if the migration was sent already, is being claimed by another, or has another lane count
     */
    static Attempt claim(SendOptions options, ClientSettings clients, String source, Manifest manifest)
            throws SourceException, InterruptedException {
        try (Admin admin = clients.newAdmin()) {
            TopicSetup.ensureShared(admin, options.replicationFactor());
            // Before the claim: a mistake of this command must not fence off an attempt that is being sent.
            checkLanes(admin, options);
            MigrationDirectory directory = new MigrationDirectory(clients, options.patience());
            try {
                int attempt = directory.claimAttempt(options.migration());
                TopicDescription stream = TopicSetup.ensureStream(
                        admin, options.migration(), options.lanes(), options.retention(), options.replicationFactor());
                return new Attempt(directory, sending(options, attempt, directory.agent(), stream, source, manifest));
            } catch (DirectoryException e) {
                directory.close();
                throw new SourceException(e.getMessage(), e);
            } catch (RuntimeException | InterruptedException e) {
                directory.close();
                throw e;
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

    /** Tells the directory how the attempt stands. */
    void publish(MigrationState state, String reason) {
        directory.publish(status.with(state, reason, System.currentTimeMillis()));
    }

    /**
     * Asks the directory whether the attempt still counts.
     *
     * @throws SourceException if a newer one was claimed, the migration was deleted, or the attempt has failed on its way
     */
    void check() throws SourceException {
        view();
    }

    /**
     * What the directory knows of the attempt.
     *
     * @throws SourceException as {@link #check}
     */
    MigrationView view() throws SourceException {
        String migration = status.migration();
        int newest = directory.lastAttempt(migration);
        if (newest > number()) {
            throw new SourceException(
                    "attempt " + number() + " of migration " + migration + " was fenced off by attempt " + newest
                            + " of another sender; see who sends it (godwit describe " + migration + ")");
        }
        MigrationView view = directory
                .find(migration)
                .orElseThrow(() -> new SourceException("migration " + migration + " was deleted while it was sent"));
        if (!view.failures().isEmpty()) {
            int lane = view.failures().firstKey();
            throw new SourceException("migration " + migration + ", attempt " + number() + ", lane " + lane
                    + " could not be carried on by the transformer: "
                    + view.failures().get(lane) + "; send it again");
        }
        return view;
    }

    @Override
    public void close() {
        directory.close();
    }

    private static MigrationStatus sending(
            SendOptions options, int attempt, String agent, TopicDescription stream, String source, Manifest manifest) {
        return new MigrationStatus(
                options.migration(),
                attempt,
                MigrationState.SENDING,
                agent,
                stream.topicId().toString(),
                MigrationStatus.NO_LANE,
                options.lanes(),
                manifest.totalBytes(),
                source,
                "",
                System.currentTimeMillis());
    }

    private static void checkLanes(Admin admin, SendOptions options) throws SourceException, InterruptedException {
        String stream = Topics.stream(options.migration());
        Optional<TopicDescription> existing = describe(admin, stream);
        if (existing.isPresent() && existing.get().partitions().size() != options.lanes()) {
            int lanes = existing.get().partitions().size();
            throw new SourceException("topic " + stream + " of an earlier attempt has " + lanes + " lanes, not "
                    + options.lanes() + "; send with --lanes " + lanes + ", or delete the migration first");
        }
    }

    private static Optional<TopicDescription> describe(Admin admin, String topic) throws InterruptedException {
        try {
            return Optional.of(admin.describeTopics(List.of(topic))
                    .topicNameValues()
                    .get(topic)
                    .get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
        }
    }
}
