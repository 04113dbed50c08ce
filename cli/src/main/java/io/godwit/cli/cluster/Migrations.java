package io.godwit.cli.cluster;

import io.godwit.cli.failure.CommandException;
import io.godwit.client.Answers;
import io.godwit.client.ClientSettings;
import io.godwit.client.TopicUse;
import io.godwit.directory.Handover;
import io.godwit.directory.MigrationDirectory;
import io.godwit.directory.MigrationView;
import io.godwit.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The migrations of a cluster: what the directory knows of them, and their end. */
public final class Migrations {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long POLL_MILLIS = 50;

    private Migrations() {}

    /** All migrations, by name; none where nothing has ever been sent. */
    public static List<MigrationView> list(ClientSettings clients) throws InterruptedException {
        if (!hasDirectory(clients, TopicUse.read(Topics.MIGRATIONS))) {
            return List.of();
        }
        try (MigrationDirectory directory = new MigrationDirectory(clients, PATIENCE)) {
            return directory.list();
        }
    }

    /** What is known of a migration; empty if there is none of that name. */
    public static Optional<MigrationView> find(ClientSettings clients, String migration) throws InterruptedException {
        if (!hasDirectory(clients, TopicUse.read(Topics.MIGRATIONS))) {
            return Optional.empty();
        }
        try (MigrationDirectory directory = new MigrationDirectory(clients, PATIENCE)) {
            return directory.find(migration);
        }
    }

    /** Who has a migration's guest, or is to get it; empty where nothing is handed over, or nothing is known. */
    public static Optional<HandoverDescription> handover(ClientSettings clients, String migration)
            throws InterruptedException {
        return find(clients, migration)
                .filter(view -> view.handover().mode() != Handover.NONE)
                .map(HandoverDescription::of);
    }

    /** Whether anything was ever sent: then there is a directory. Refused where it may not be used so. */
    static boolean hasDirectory(ClientSettings clients, TopicUse use) throws InterruptedException {
        try (Admin admin = clients.newAdmin()) {
            return use.find(admin).isPresent();
        }
    }

    /**
     * Deletes a migration: its stream with all guest memory in it, then its entry in the directory. When this returns, the name
     * can be used again. A deletion that was interrupted is completed by another.
     *
     * @throws CommandException if there is no such migration, or the stream does not go away
     */
    public static void delete(ClientSettings clients, String migration) throws CommandException, InterruptedException {
        try (Admin admin = clients.newAdmin()) {
            // Both asked before anything is deleted: no right may be missing halfway.
            boolean hasDirectory =
                    TopicUse.readAndWrite(Topics.MIGRATIONS).find(admin).isPresent();
            boolean isStreamed = TopicUse.of(Topics.stream(migration), AclOperation.DELETE)
                    .find(admin)
                    .isPresent();
            if (isStreamed) {
                deleteStream(admin, migration);
            }
            boolean isListed = hasDirectory && forget(clients, migration);
            if (!isStreamed && !isListed) {
                throw unknown(migration);
            }
        }
    }

    /** For a name that no migration has. */
    public static CommandException unknown(String migration) {
        return new CommandException(
                "there is no migration " + migration + "; 'godwit list' shows those that there are");
    }

    private static void deleteStream(Admin admin, String migration) throws CommandException, InterruptedException {
        String stream = Topics.stream(migration);
        try {
            Answers.get(admin.deleteTopics(List.of(stream)).all());
        } catch (UnknownTopicOrPartitionException e) {
            // Somebody else deletes it, too.
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (topics(admin).contains(stream)) {
            if (System.nanoTime() > deadline) {
                throw new CommandException("topic " + stream + " is still there " + PATIENCE.toSeconds()
                        + " s after Kafka agreed to delete it; check that all brokers are up, then delete again");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static boolean forget(ClientSettings clients, String migration) {
        try (MigrationDirectory directory = new MigrationDirectory(clients, PATIENCE)) {
            boolean isListed = directory.find(migration).isPresent();
            if (isListed) {
                directory.markDeleted(migration);
            }
            return isListed;
        }
    }

    private static Set<String> topics(Admin admin) throws InterruptedException {
        return Answers.get(admin.listTopics().names());
    }
}
