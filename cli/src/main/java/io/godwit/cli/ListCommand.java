package io.godwit.cli;

import io.godwit.cli.cluster.Migrations;
import io.godwit.cli.text.Durations;
import io.godwit.cli.text.Sizes;
import io.godwit.cli.text.Table;
import io.godwit.directory.Handover;
import io.godwit.directory.MigrationView;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code godwit list}: what the directory knows. */
@Command(
        name = "list",
        description = "Lists the migrations that the cluster holds.",
        versionProvider = VersionProvider.class,
        sortOptions = false)
final class ListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() throws Exception {
        List<Row> rows =
                Migrations.list(cluster.connect()).stream().map(Row::of).toList();
        if (common.json()) {
            JsonResult.print(spec, new Result(rows));
        } else {
            print(rows);
        }
        return Failures.OK;
    }

    private void print(List<Row> rows) {
        if (rows.isEmpty()) {
            spec.commandLine().getOut().println("No migrations.");
            return;
        }
        long now = System.currentTimeMillis();
        Table table =
                new Table().row("MIGRATION", "STATE", "ATTEMPT", "LANES ENDED", "MEMORY", "SOURCE", "CHANGED", "");
        for (Row row : rows) {
            table.row(
                    row.migration,
                    row.state,
                    row.attempt,
                    row.lanesEnded + "/" + row.lanes,
                    Sizes.format(row.guestBytes),
                    row.source,
                    Durations.format(Math.max(0, now - row.atMillis)) + " ago",
                    row.reason);
        }
        table.print(spec.commandLine().getOut());
    }

    /** What {@code --json} prints. */
    private record Result(List<Row> migrations) {}

    /** A migration; complete once every lane has ended on the stream. */
    private record Row(
            String migration,
            String state,
            boolean complete,
            int attempt,
            int lanes,
            int lanesEnded,
            long guestBytes,
            String source,
            String reason,
            long atMillis) {
        static Row of(MigrationView view) {
            return new Row(
                    view.migration(),
                    state(view),
                    view.isComplete(),
                    view.attempt(),
                    view.lanes(),
                    view.lanesEnded().size(),
                    view.guestBytes(),
                    view.source(),
                    reason(view),
                    view.atMillis());
        }

        /** A migration that hands nothing over is complete once it is on the stream. */
        private static String state(MigrationView view) {
            boolean complete = view.isComplete() && view.handover().mode() == Handover.NONE;
            return complete ? "complete" : view.state().name().toLowerCase(Locale.ROOT);
        }

        private static String reason(MigrationView view) {
            if (view.handover().commit() != null && view.failures().isEmpty()) {
                return "target " + view.handover().committedTarget();
            }
            return view.failures().isEmpty()
                    ? view.reason()
                    : "lane " + view.failures().firstKey() + ": "
                            + view.failures().get(view.failures().firstKey());
        }
    }
}
