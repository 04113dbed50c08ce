package io.godwit.cli;

import io.godwit.cli.checkpoint.CheckpointRemoval;
import io.godwit.cli.checkpoint.CheckpointRemoval.Removed;
import io.godwit.cli.log.OperatorLine;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code godwit checkpoint remove}: the end of a checkpoint. */
@Command(
        name = "remove",
        description = "Removes a checkpoint from the cluster, and from this host where its directory is given.",
        versionProvider = VersionProvider.class,
        sortOptions = false,
        footer = {
            "",
            "Its hashes go with the last of its names. Migrations that are just sent with it send pages from then on. Memory"
                    + " that was received for it is deleted; files that it was made from are not."
        })
final class CheckpointRemoveCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "Name of the checkpoint.", converter = CheckpointNameConverter.class)
    private String name;

    @Mixin
    private ClusterOptions cluster;

    @Option(
            names = "--checkpoint-dir",
            paramLabel = "DIR",
            description = "Directory of this host's checkpoints. Default: this host keeps what it has.")
    private Path checkpointDir;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() throws Exception {
        Removed removed = CheckpointRemoval.remove(cluster.connect(), checkpointDir, name);
        if (common.json()) {
            JsonResult.print(
                    spec, new Result(name, "removed", !removed.published().isEmpty(), removed.isLocal()));
            return Failures.OK;
        }
        spec.commandLine().getOut().println("Checkpoint " + name + " is removed " + where(removed) + ".");
        removed.published().stream()
                .filter(other -> !other.equals(name))
                .forEach(other -> OperatorLine.warn(
                        spec.commandLine().getErr(),
                        "warning: checkpoint " + other
                                + ", which was added at this moment with the same content, is removed"
                                + " with it: add it again"));
        return Failures.OK;
    }

    private static String where(Removed removed) {
        if (removed.published().isEmpty()) {
            return "from this host (the cluster did not know it)";
        }
        return removed.isLocal() ? "from the cluster and this host" : "from the cluster";
    }

    /** What {@code --json} prints. */
    private record Result(String name, String status, boolean cluster, boolean host) {}
}
