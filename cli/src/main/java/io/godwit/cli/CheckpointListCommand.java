package io.godwit.cli;

import io.godwit.cli.checkpoint.CheckpointListing;
import io.godwit.cli.checkpoint.CheckpointListing.Listed;
import io.godwit.cli.text.Durations;
import io.godwit.cli.text.Sizes;
import io.godwit.cli.text.Table;
import io.godwit.record.CheckpointEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code godwit checkpoint list}: what the cluster knows and this host holds. */
@Command(
        name = "list",
        description = "Lists the checkpoints that the cluster knows, and says which of them this host holds.",
        versionProvider = VersionProvider.class,
        sortOptions = false)
final class CheckpointListCommand implements Callable<Integer> {
    private static final int ID_DIGITS = 12;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterOptions cluster;

    @Option(
            names = "--checkpoint-dir",
            paramLabel = "DIR",
            description = "Directory of this host's checkpoints. Default: the cluster's alone are listed.")
    private Path checkpointDir;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() throws Exception {
        List<Row> rows = CheckpointListing.list(cluster.connect(), checkpointDir).stream()
                .map(Row::of)
                .toList();
        if (common.json()) {
            JsonResult.print(spec, new Result(rows));
        } else {
            print(rows);
        }
        return Failures.OK;
    }

    private void print(List<Row> rows) {
        if (rows.isEmpty()) {
            spec.commandLine().getOut().println("No checkpoints.");
            return;
        }
        long now = System.currentTimeMillis();
        Table table = new Table().row("CHECKPOINT", "ID", "MEMORY", "DIFFERENT PAGES", "MADE FROM", "ADDED", "");
        for (Row row : rows) {
            table.row(
                    row.name,
                    row.checkpoint.substring(0, ID_DIGITS),
                    Sizes.format(row.pages * row.pageSize),
                    row.hashes,
                    row.source,
                    Durations.format(Math.max(0, now - row.createdMillis)) + " ago",
                    row.where());
        }
        table.print(spec.commandLine().getOut());
    }

    /** What {@code --json} prints. */
    private record Result(List<Row> checkpoints) {}

    private record Row(
            String name,
            String checkpoint,
            int pageSize,
            long pages,
            long hashes,
            String source,
            long createdMillis,
            boolean published,
            Boolean held) {
        static Row of(Listed listed) {
            CheckpointEntry entry = listed.entry();
            return new Row(
                    entry.name(),
                    entry.checkpoint(),
                    entry.pageSize(),
                    entry.pages(),
                    entry.hashes(),
                    entry.source(),
                    entry.createdMillis(),
                    listed.isPublished(),
                    listed.isHeld());
        }

        private String where() {
            if (!published) {
                return "held here, not published";
            }
            if (held == null) {
                return "";
            }
            return held ? "held here" : "not here";
        }
    }
}
