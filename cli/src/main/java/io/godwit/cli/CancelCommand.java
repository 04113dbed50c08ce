package io.godwit.cli;

import io.godwit.cli.cluster.Cancellation;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code godwit cancel}: keeps a guest at its source. */
@Command(
        name = "cancel",
        description =
                "Asks the sender of a migration to give up, and waits until it has: the guest runs on at its source."
                        + " Too late once the guest was given to a target.",
        versionProvider = VersionProvider.class,
        sortOptions = false)
final class CancelCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MIGRATION", description = "Name of the migration.", converter = MigrationConverter.class)
    private String migration;

    @Mixin
    private ClusterOptions cluster;

    @Option(
            names = "--patience",
            paramLabel = "DURATION",
            defaultValue = "15s",
            converter = DurationConverter.class,
            description = "How long the sender may take to answer. Default: ${DEFAULT-VALUE}.")
    private Duration patience;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() throws Exception {
        String outcome = new Cancellation(migration, patience).cancel(cluster.connect());
        if (common.json()) {
            JsonResult.print(spec, new Result(migration, "cancelled"));
        } else {
            spec.commandLine().getOut().println(outcome);
        }
        return Failures.OK;
    }

    /** What {@code --json} prints. */
    private record Result(String migration, String status) {}
}
