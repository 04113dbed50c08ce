package io.godwit.cli;

import io.godwit.producer.HandoverRecovery;
import io.godwit.producer.HandoverRecovery.Outcome;
import io.godwit.producer.source.qemu.QemuSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code godwit recover}: says for a sender that is dead what became of its guest. */
@Command(
        name = "recover",
        description =
                "Says for a sender that died what became of its guest: asks QEMU, and tells the targets. A sender that is"
                        + " killed is recovered so by itself; this is for one that was killed together with its guard.",
        versionProvider = VersionProvider.class,
        sortOptions = false)
final class RecoverCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MIGRATION", description = "Name of the migration.", converter = MigrationConverter.class)
    private String migration;

    @Option(
            names = "--qmp",
            paramLabel = "SOCKET",
            required = true,
            description = "The QEMU that the guest was sent from: the unix socket of its QMP monitor.")
    private Path qmp;

    @Option(
            names = "--attempt",
            paramLabel = "N",
            description = "The attempt whose sender died. Default: the newest one.")
    private Integer attempt;

    @Mixin
    private ClusterOptions cluster;

    @Option(
            names = "--patience",
            paramLabel = "DURATION",
            defaultValue = "30s",
            converter = DurationConverter.class,
            description = "How long Kafka may be out of reach. Default: ${DEFAULT-VALUE}.")
    private Duration patience;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() throws Exception {
        OptionalInt newest = attempt == null ? OptionalInt.empty() : OptionalInt.of(attempt);
        Outcome outcome =
                HandoverRecovery.resolve(migration, newest, cluster.connect(), patience, () -> QemuSource.fateAt(qmp));
        if (common.json()) {
            JsonResult.print(spec, new Result(migration, status(outcome)));
        } else {
            spec.commandLine().getOut().println(inWords(outcome));
        }
        return Failures.OK;
    }

    private static String status(Outcome outcome) {
        return switch (outcome) {
            case NOTHING_OPEN -> "settled";
            case RUNNING -> "interrupted";
            case RELEASED -> "completed";
        };
    }

    private String inWords(Outcome outcome) {
        return switch (outcome) {
            case NOTHING_OPEN -> "Nothing is open of migration " + migration + ".";
            case RUNNING -> "The guest of migration " + migration + " is at its source; it can be sent again.";
            case RELEASED -> "The guest of migration " + migration + " has left its source; its target continues it.";
        };
    }

    /** What {@code --json} prints. */
    private record Result(String migration, String status) {}
}
