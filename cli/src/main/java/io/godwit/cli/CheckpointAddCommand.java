package io.godwit.cli;

import io.godwit.checkpoint.local.CheckpointDirectory;
import io.godwit.cli.checkpoint.CheckpointAddition;
import io.godwit.cli.checkpoint.CheckpointAddition.Added;
import io.godwit.cli.checkpoint.CheckpointContent;
import io.godwit.cli.progress.ProgressDisplay;
import io.godwit.cli.text.Sizes;
import io.godwit.record.CheckpointEntry;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code godwit checkpoint add}: memory that this host holds from now on. */
@Command(
        name = "add",
        description = "Hashes a memory, holds it on this host as a checkpoint, and publishes its hashes.",
        versionProvider = VersionProvider.class,
        sortOptions = false,
        footer = {
            "",
            "Files of --elf and --ram-dir are read where they are, then and later: keep them, and let nobody write them. On"
                    + " every other host that holds the same memory, add it there: its hashes are not published again."
        })
final class CheckpointAddCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "Name of the checkpoint.", converter = CheckpointNameConverter.class)
    private String name;

    @Mixin
    private ClusterOptions cluster;

    @ArgGroup(multiplicity = "1")
    private Content content;

    @Option(
            names = "--checkpoint-dir",
            required = true,
            paramLabel = "DIR",
            description = "Directory of this host's checkpoints; made where it is missing.")
    private Path checkpointDir;

    @Mixin
    private ReplicationOptions replication;

    @Mixin
    private CommonOptions common;

    /** What it is made from. */
    private static final class Content {
        @Option(
                names = "--elf",
                paramLabel = "FILE",
                required = true,
                description = "An ELF core dump, as QEMU's dump-guest-memory writes it.")
        private Path elf;

        @Option(
                names = "--ram-dir",
                paramLabel = "DIR",
                required = true,
                description = "Block files of a guest that does not run: with a manifest.json or named *.ram.")
        private Path ramDir;

        @Option(
                names = "--migration",
                paramLabel = "MIGRATION",
                required = true,
                converter = MigrationConverter.class,
                description = "A migration that has ended and whose stream is retained: its memory is received into the"
                        + " checkpoint's directory.")
        private String migration;

        CheckpointContent get() {
            if (elf != null) {
                return new CheckpointContent.Elf(elf);
            }
            return ramDir != null ? new CheckpointContent.RamFiles(ramDir) : new CheckpointContent.Migration(migration);
        }
    }

    @Override
    public Integer call() throws Exception {
        CheckpointAddition addition = new CheckpointAddition(
                cluster.connect(), CheckpointDirectory.open(checkpointDir), name, content.get(), replication.get(spec));
        Added added = ProgressDisplay.during(
                spec.commandLine().getErr(), spec.qualifiedName(), addition::progress, addition::add);
        CheckpointEntry entry = added.entry();
        if (common.json()) {
            JsonResult.print(
                    spec,
                    new Result(
                            name,
                            added.isNew() ? "added" : "held",
                            entry.checkpoint(),
                            entry.pageSize(),
                            entry.pages(),
                            entry.hashes(),
                            entry.source()));
        } else {
            spec.commandLine()
                    .getOut()
                    .println("Checkpoint " + name + " is " + (added.isNew() ? "added" : "held here too") + ": "
                            + Sizes.format(entry.pages() * entry.pageSize()) + ", " + entry.hashes()
                            + " different pages, id " + entry.checkpoint() + ".");
        }
        return Failures.OK;
    }

    /** What {@code --json} prints. */
    private record Result(
            String name, String status, String checkpoint, int pageSize, long pages, long hashes, String source) {}
}
