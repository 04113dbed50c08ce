package io.godwit.cli;

import io.godwit.cli.cluster.TopicCommands;
import io.godwit.cli.cluster.TopicListing;
import io.godwit.cli.cluster.TopicListing.TopicRow;
import io.godwit.cli.text.Durations;
import io.godwit.cli.text.Sizes;
import io.godwit.cli.text.Table;
import io.godwit.client.TopicLayout;
import io.godwit.topic.Lanes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code godwit topics}: the topics behind it all. */
@Command(
        name = "topics",
        description = "Lists the topics of Godwit: partitions, copies, retention, bytes on disk, and what is wrong with"
                + " them. With --print, prints the commands that create them instead.",
        versionProvider = VersionProvider.class,
        sortOptions = false,
        footer = {
            "",
            "What is printed is to be run with BROKERS set to the cluster's address, and an administrator's"
                    + " admin.properties. Roles take topics that are there as they are, and need no right to create any."
        })
final class TopicsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** Null where neither was given: picocli's own message lists all that could be. */
    @ArgGroup
    private Choice choice;

    @Mixin
    private CommonOptions common;

    /** Of a cluster, or for one. */
    private static final class Choice {
        @ArgGroup(exclusive = false)
        private ClusterOptions cluster;

        @ArgGroup(exclusive = false)
        private Printing printing;
    }

    /** What is printed. */
    @SuppressWarnings("UnusedVariable") // that it is there says that its first option was given
    private static final class Printing {
        @Option(
                names = "--print",
                required = true,
                description = "Print the commands that create the topics that all migrations share. Asks no cluster,"
                        + " changes nothing.")
        private boolean print;

        @Option(
                names = "--migration",
                paramLabel = "ID",
                converter = MigrationConverter.class,
                description = "Print the one that creates the stream of this migration, too.")
        private String migration;

        @Option(
                names = "--lanes",
                paramLabel = "N",
                defaultValue = "" + Lanes.DEFAULT_LANES,
                description = "Partitions of that stream, as it will be sent. Default: ${DEFAULT-VALUE}.")
        private int lanes;

        @Option(
                names = "--retention",
                paramLabel = "DURATION",
                defaultValue = "24h",
                converter = DurationConverter.class,
                description = "How long that stream can be received. Default: ${DEFAULT-VALUE}.")
        private Duration retention;

        @ArgGroup(exclusive = false)
        private ReplicationOptions replication = new ReplicationOptions();

        private List<TopicLayout> topics() {
            List<TopicLayout> topics = new ArrayList<>(TopicLayout.shared());
            if (migration != null) {
                topics.add(TopicLayout.stream(migration, lanes, retention));
            }
            return topics;
        }
    }

    @Override
    public Integer call() throws Exception {
        if (choice == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "give --bootstrap-server to list the topics of a cluster, or --print for the commands that create them");
        }
        if (choice.printing != null) {
            return print(choice.printing);
        }
        List<TopicRow> rows = TopicListing.list(choice.cluster.connect());
        if (common.json()) {
            JsonResult.print(spec, new Result(rows));
        } else {
            print(rows);
        }
        return Failures.OK;
    }

    private int print(Printing printing) {
        List<String> commands = TopicCommands.of(printing.topics(), printing.replication.get(spec));
        if (common.json()) {
            JsonResult.print(spec, new Commands(commands));
        } else {
            commands.forEach(spec.commandLine().getOut()::println);
        }
        return Failures.OK;
    }

    private void print(List<TopicRow> rows) {
        if (rows.isEmpty()) {
            spec.commandLine()
                    .getOut()
                    .println("No topics of Godwit. Senders and transformers create those that they use.");
            return;
        }
        Table table = new Table().row("TOPIC", "PARTITIONS", "COPIES", "MIN ISR", "CLEANUP", "RETENTION", "BYTES");
        for (TopicRow row : rows) {
            table.row(
                    row.topic(),
                    row.partitions(),
                    row.replicationFactor(),
                    row.minInSyncReplicas() == null ? "unknown" : row.minInSyncReplicas(),
                    row.cleanup(),
                    row.cleanup().contains("delete") && row.retentionMillis() >= 0
                            ? Durations.format(row.retentionMillis())
                            : "for ever",
                    row.bytes() == null ? "unknown" : Sizes.format(row.bytes()));
        }
        table.print(spec.commandLine().getOut());
        rows.forEach(row -> row.problems().forEach(spec.commandLine().getOut()::println));
    }

    /** What {@code --json} prints. */
    private record Result(List<TopicRow> topics) {}

    /** What {@code --print --json} prints. */
    private record Commands(List<String> commands) {}
}
