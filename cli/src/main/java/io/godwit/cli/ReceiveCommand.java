package io.godwit.cli;

import io.godwit.cli.log.OperatorLine;
import io.godwit.cli.metrics.Monitoring;
import io.godwit.cli.metrics.ReceiveMetrics;
import io.godwit.cli.metrics.Role;
import io.godwit.cli.progress.ProgressDisplay;
import io.godwit.cli.progress.RoleProgress;
import io.godwit.consumer.Destination;
import io.godwit.consumer.ReceiveOptions;
import io.godwit.consumer.Receiver;
import io.godwit.report.RoleReport;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code godwit receive}: one target of a migration. */
@Command(
        name = "receive",
        description =
                "Receives a guest and verifies its memory: into a QEMU, which continues it once its source has let go, or"
                        + " into a directory, which keeps it. May be started before the migration is sent, or any time"
                        + " while its stream is retained.",
        versionProvider = VersionProvider.class,
        sortOptions = false,
        footer = {
            "",
            "Stopped or killed, it goes on where it was when it is started again with the same directory. A QEMU takes one"
                    + " attempt: start it anew, and receive again.",
            "A QEMU whose memory is a shared file (memory-backend-file, share=on) has its pages written there. For one"
                    + " without, pages wait in a sparse file of up to the guest's size in TMPDIR."
        })
final class ReceiveCommand implements Callable<Integer> {
    private static final String INTERRUPTED = "interrupted";

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private GodwitCommand godwit;

    @Parameters(paramLabel = "MIGRATION", description = "Name of the migration.", converter = MigrationConverter.class)
    private String migration;

    @Mixin
    private ClusterOptions cluster;

    @ArgGroup(multiplicity = "1")
    private Place place;

    @Option(
            names = "--target",
            paramLabel = "NAME",
            description =
                    "Name of this target: a guest that was handed over to it can be received again under that name"
                            + " alone. Default: this host and the directory or socket.")
    private String target;

    @Option(
            names = "--clone",
            description = "Receive a copy, whoever has the guest, and in QEMU run it: two guests with one identity, one"
                    + " address and one clock, which are the operator's to set apart.")
    private boolean copy;

    @Option(
            names = "--checkpoint-dir",
            paramLabel = "DIR",
            description =
                    "Directory of this host's checkpoints (godwit checkpoint add): pages that the source knew to be in one"
                            + " come as hashes, and are read there. A checkpoint that is damaged costs repairs from the"
                            + " ingress, never a wrong page.")
    private Path checkpointDir;

    @Option(
            names = "--without-checkpoint",
            description =
                    "Receive also where checkpoints that the source named are not on this host: their pages are read from"
                            + " the ingress, in full, while that is retained. Default: such a migration is refused.")
    private boolean withoutCheckpoint;

    @Option(
            names = "--until-round",
            paramLabel = "N",
            description = "Stop once round N is complete. Default: receive all, and verify.")
    private Integer untilRound;

    @Mixin
    private MetricsOptions metrics;

    @Mixin
    private CommonOptions common;

    /** Where the guest goes. */
    private static final class Place {
        @Option(
                names = "--qmp",
                paramLabel = "SOCKET",
                required = true,
                description =
                        "A QEMU that continues the guest: the unix socket of its QMP monitor. Started with the same"
                                + " machine as the source, and -incoming defer -S.")
        private Path qmp;

        @Option(
                names = "--ram-dir",
                paramLabel = "DIR",
                required = true,
                description =
                        "A directory that keeps the guest's memory: new, empty, or one that this migration left unfinished.")
        private Path ramDir;

        Destination destination() {
            return qmp == null ? new Destination.Directory(ramDir) : new Destination.Qemu(qmp);
        }

        /** On any host, the same name for the same place. */
        String name() {
            return Hosts.name() + ":" + (qmp == null ? ramDir : qmp).toAbsolutePath();
        }
    }

    @Override
    public Integer call() throws Exception {
        ReceiveOptions options = options();
        try (Monitoring monitoring = metrics.open(spec, Role.RECEIVE)) {
            Receiver receiver = new Receiver(options, monitoring.observe(cluster.connect()));
            godwit.signal().stopWith(receiver::stop);
            monitoring.show(new ReceiveMetrics(migration, receiver));
            return receive(receiver);
        }
    }

    private int receive(Receiver receiver) throws Exception {
        RoleReport report;
        try {
            report = ProgressDisplay.during(
                    spec.commandLine().getErr(),
                    spec.qualifiedName(),
                    () -> RoleProgress.of(receiver.progress()),
                    receiver::receive);
        } finally {
            // Of one that failed, too: a checkpoint that could not be read may be why.
            for (String note : receiver.notes()) {
                OperatorLine.warn(spec.commandLine().getErr(), note);
            }
        }
        if (common.json()) {
            JsonResult.print(spec, report);
        } else {
            ReportText.print(report, spec.commandLine().getOut());
        }
        return report.status().equals(INTERRUPTED) ? Failures.FAILED : Failures.OK;
    }

    private ReceiveOptions options() {
        try {
            return new ReceiveOptions(
                    migration,
                    place.destination(),
                    target == null ? place.name() : target,
                    untilRound == null ? OptionalInt.empty() : OptionalInt.of(untilRound),
                    copy,
                    Runtime.getRuntime().availableProcessors(),
                    new ReceiveOptions.Checkpoints(Optional.ofNullable(checkpointDir), withoutCheckpoint));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
