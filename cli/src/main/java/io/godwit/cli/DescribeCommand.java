package io.godwit.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.godwit.cli.cluster.HandoverDescription;
import io.godwit.cli.cluster.Migrations;
import io.godwit.cli.describe.StreamDescription;
import io.godwit.cli.describe.StreamLog;
import io.godwit.cli.progress.ProgressDisplay;
import io.godwit.cli.progress.ProgressView;
import io.godwit.client.ClientSettings;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code godwit describe}: what a migration's stream says of itself. */
@Command(
        name = "describe",
        description =
                "Shows what a migration's stream holds, read from the log alone: blocks, rounds, lanes, records, pages by"
                        + " encoding, bytes, and whether it has ended; then, where a guest is handed over, who has it.",
        versionProvider = VersionProvider.class,
        sortOptions = false)
final class DescribeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MIGRATION", description = "Name of the migration.", converter = MigrationConverter.class)
    private String migration;

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() throws Exception {
        ClientSettings clients = cluster.connect();
        StreamDescription stream = read(clients);
        Optional<HandoverDescription> handover = Migrations.handover(clients, migration);
        if (common.json()) {
            JsonResult.print(spec, new Result(stream, handover.orElse(null)));
        } else {
            DescriptionText.print(stream, spec.commandLine().getOut());
            handover.ifPresent(
                    known -> HandoverText.print(known, spec.commandLine().getOut()));
        }
        return Failures.OK;
    }

    /** What {@code --json} prints: the stream's description, and null where nothing is handed over. */
    private record Result(@JsonUnwrapped StreamDescription stream, HandoverDescription handover) {}

    private StreamDescription read(ClientSettings clients) throws Exception {
        AtomicReference<ProgressView> view = new AtomicReference<>(new ProgressView("", 0, 0, ""));
        return ProgressDisplay.during(
                spec.commandLine().getErr(), spec.qualifiedName(), view::get, () -> new StreamLog(clients, migration)
                        .describe((records, total) -> view.set(
                                new ProgressView("reading the stream", 0, 0, records + " of " + total + " records"))));
    }
}
