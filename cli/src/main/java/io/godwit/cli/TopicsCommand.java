package io.godwit.cli;

import io.godwit.cli.cluster.TopicListing;
import io.godwit.cli.cluster.TopicListing.TopicRow;
import io.godwit.cli.text.Durations;
import io.godwit.cli.text.Sizes;
import io.godwit.cli.text.Table;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code godwit topics}: the topics behind it all. */
@Command(
        name = "topics",
        description = "Lists the topics of Godwit: partitions, copies, retention, bytes on disk.",
        versionProvider = VersionProvider.class,
        sortOptions = false)
final class TopicsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() throws Exception {
        List<TopicRow> rows = TopicListing.list(cluster.connect());
        if (common.json()) {
            JsonResult.print(spec, new Result(rows));
        } else {
            print(rows);
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
        Table table = new Table().row("TOPIC", "PARTITIONS", "COPIES", "CLEANUP", "RETENTION", "BYTES");
        for (TopicRow row : rows) {
            table.row(
                    row.topic(),
                    row.partitions(),
                    row.replicationFactor(),
                    row.cleanup(),
                    row.cleanup().contains("delete") && row.retentionMillis() >= 0
                            ? Durations.format(row.retentionMillis())
                            : "for ever",
                    row.bytes() == null ? "unknown" : Sizes.format(row.bytes()));
        }
        table.print(spec.commandLine().getOut());
    }

    /** What {@code --json} prints. */
    private record Result(List<TopicRow> topics) {}
}
