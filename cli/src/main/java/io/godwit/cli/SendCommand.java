package io.godwit.cli;

import io.godwit.cli.failure.CommandException;
import io.godwit.cli.log.OperatorLine;
import io.godwit.cli.metrics.Monitoring;
import io.godwit.cli.metrics.Role;
import io.godwit.cli.metrics.SendMetrics;
import io.godwit.cli.progress.ProgressDisplay;
import io.godwit.cli.progress.RoleProgress;
import io.godwit.client.ClientSettings;
import io.godwit.directory.Handover;
import io.godwit.producer.SendOptions;
import io.godwit.producer.SendReport;
import io.godwit.producer.Sender;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.source.ElfSource;
import io.godwit.producer.source.FollowedDirectory;
import io.godwit.producer.source.MemorySource;
import io.godwit.producer.source.RamDirectorySource;
import io.godwit.producer.source.SyntheticGuest;
import io.godwit.producer.source.SyntheticSpec;
import io.godwit.producer.source.qemu.QemuSource;
import io.godwit.topic.Lanes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code godwit send}: one attempt to migrate a guest's memory. */
@Command(
        name = "send",
        description =
                "Sends a guest's memory: everything once, then what was written meanwhile, round after round, until the"
                        + " rest fits the downtime limit; then the guest is paused and the rest is sent.",
        versionProvider = VersionProvider.class,
        sortOptions = false,
        footer = {
            "",
            "Stopped by a signal, it leaves the guest running. Sending again sends only what has changed.",
            "With --follow, changed pages are found by reading all memory after each round, and once more while the guest"
                    + " stands still: --downtime-limit has to leave time for that, about 150 ms a GiB divided by the cores."
                    + " A guest that was sent stays paused. So does one whose sender is killed with -9 after the pause: run"
                    + " the resume command by hand then.",
            "A synthetic guest is written as memory=1G,zero=40,text=30,random=15,repeat=15,hot=64M,writes=4000,bytes=16,"
                    + "threads=2,seed=1; leave out what shall be as in this example. The kinds of page (zero, text, random,"
                    + " repeat, in percent) stand together: of those given beside others, what is left out counts 0."
        })
final class SendCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private GodwitCommand godwit;

    @Parameters(
            paramLabel = "MIGRATION",
            description = "Name of the migration, new or to be sent again.",
            converter = MigrationConverter.class)
    private String migration;

    @Mixin
    private ClusterOptions cluster;

    @ArgGroup(multiplicity = "1")
    private Source source;

    @Option(
            names = "--follow",
            description =
                    "The guest of --ram-dir runs, and its hypervisor maps the files shared: send in rounds what changes."
                            + " Needs both commands below; a device.state is not sent.")
    private boolean follow;

    @Option(
            names = "--pause-command",
            paramLabel = "CMD",
            description = "Run by sh before the last round, within 10 s: after exit code 0, nothing writes the files.")
    private String pauseCommand;

    @Option(
            names = "--resume-command",
            paramLabel = "CMD",
            description = "Run by sh, within 10 s, if the migration does not go through once --pause-command was run.")
    private String resumeCommand;

    @Option(
            names = "--lanes",
            paramLabel = "N",
            defaultValue = "" + Lanes.DEFAULT_LANES,
            description = "Partitions of the stream: how many threads may apply it. Default: ${DEFAULT-VALUE}.")
    private int lanes;

    @Option(
            names = "--max-bandwidth",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description = "Bytes a second to Kafka. Default: as many as it takes.")
    private Long maxBandwidth;

    @Option(
            names = "--downtime-limit",
            paramLabel = "MS",
            defaultValue = "300",
            description = "Milliseconds that the guest may be paused. Default: ${DEFAULT-VALUE}.")
    private long downtimeLimit;

    @Option(
            names = "--auto-converge",
            description = "Slow the guest down if it writes faster than can be sent, where it can be slowed down.")
    private boolean autoConverge;

    @Option(
            names = "--handover",
            paramLabel = "MODE",
            converter = HandoverConverter.class,
            description = {
                "How the guest changes host. verified: a target that has verified everything gets it. parked: it is let"
                        + " go once all is on the stream, and whoever receives it first gets it.",
                "Default: verified for a guest of QEMU; nothing is handed over of other sources."
            })
    private Handover handover;

    @Option(
            names = "--target",
            paramLabel = "NAME",
            defaultValue = "",
            description = "The only target that may get the guest. Default: the first that is ready.")
    private String target;

    @Option(
            names = "--checkpoint",
            paramLabel = "NAME",
            description =
                    "Targets hold this checkpoint: of pages in it only hashes go to them. May be repeated. Targets"
                            + " without it receive with --without-checkpoint.")
    private List<String> checkpoints = List.of();

    @Option(
            names = "--patience",
            paramLabel = "DURATION",
            defaultValue = "30s",
            converter = DurationConverter.class,
            description = "How long Kafka may be out of reach, or a target silent, before this attempt fails. Default:"
                    + " ${DEFAULT-VALUE}.")
    private Duration patience;

    @Option(
            names = "--retention",
            paramLabel = "DURATION",
            defaultValue = "24h",
            converter = DurationConverter.class,
            description = "How long the stream can be received. Default: ${DEFAULT-VALUE}.")
    private Duration retention;

    @Mixin
    private ReplicationOptions replication;

    @Mixin
    private MetricsOptions metrics;

    @Mixin
    private CommonOptions common;

    /** Where the memory is. */
    private static final class Source {
        @Option(
                names = "--qmp",
                paramLabel = "SOCKET",
                required = true,
                description =
                        "A guest that runs in QEMU: the unix socket of a QMP monitor (-qmp unix:SOCKET,server=on,wait=off).")
        private Path qmp;

        @Option(
                names = "--ram-dir",
                paramLabel = "DIR",
                required = true,
                description =
                        "Memory of a guest that does not run, or is followed: block files, with a manifest.json or"
                                + " named *.ram.")
        private Path ramDir;

        @Option(
                names = "--elf",
                paramLabel = "FILE",
                required = true,
                description =
                        "Memory in an ELF core dump, as QEMU's dump-guest-memory writes it: without devices, so no guest"
                                + " can be continued from it.")
        private Path elf;

        @Option(
                names = "--synthetic",
                paramLabel = "SPEC",
                required = true,
                description = "A guest that is made up for this migration, with threads that write its memory.")
        private String synthetic;

        private QemuSource connect(PrecopySettings precopy) throws CommandException {
            try {
                return QemuSource.connect(qmp, precopy);
            } catch (IOException e) {
                throw new CommandException(e.getMessage(), e);
            }
        }
    }

    @Override
    public Integer call() throws Exception {
        SendOptions options = checked(this::options);
        SyntheticSpec guest = checked(this::synthetic);
        try (Monitoring monitoring = metrics.open(spec, Role.SEND);
                MemorySource memory = open(guest, options.precopy())) {
            return send(options, memory, monitoring);
        }
    }

    /**
     * The synthetic guest's; null for other sources.
     *
     * @throws IllegalArgumentException if an option is not understood, or options do not go together
     */
    private SyntheticSpec synthetic() {
        checkFollow();
        return source.synthetic == null ? null : SyntheticSpec.parse(source.synthetic);
    }

    private void checkFollow() {
        boolean isPauseGiven = isGiven(pauseCommand);
        boolean isResumeGiven = isGiven(resumeCommand);
        if (follow && source.ramDir == null) {
            throw new IllegalArgumentException("--follow is for the files of a guest: give their --ram-dir");
        }
        if (follow && !(isPauseGiven && isResumeGiven)) {
            throw new IllegalArgumentException("--follow needs --pause-command and --resume-command: memory that is"
                    + " written during the last round would arrive torn, and a guest that is paused must run on if"
                    + " the migration fails");
        }
        if (!follow && (isPauseGiven || isResumeGiven)) {
            throw new IllegalArgumentException(
                    "--pause-command and --resume-command are for a guest that runs: add --follow");
        }
    }

    private static boolean isGiven(String command) {
        return command != null && !command.isBlank();
    }

    private MemorySource open(SyntheticSpec guest, PrecopySettings precopy) throws IOException, CommandException {
        if (source.qmp != null) {
            return source.connect(precopy);
        }
        if (guest != null) {
            return new SyntheticGuest(guest);
        }
        if (source.elf != null) {
            return new ElfSource(source.elf);
        }
        return follow
                ? new FollowedDirectory(source.ramDir, pauseCommand, resumeCommand)
                : new RamDirectorySource(source.ramDir);
    }

    private int send(SendOptions options, MemorySource memory, Monitoring monitoring) throws Exception {
        ClientSettings clients = monitoring.observe(cluster.connect());
        if (memory instanceof SyntheticGuest synthetic) {
            // A guest that is migrated runs already: its boot is no part of the migration.
            synthetic.boot();
        }
        Sender sender = new Sender(options, memory, clients);
        godwit.signal().stopWith(sender::stop);
        monitoring.show(new SendMetrics(migration, sender));
        if (source.qmp == null) {
            return send(sender);
        }
        try (SenderGuard guard = new SenderGuard(migration, source.qmp, cluster.asArguments())) {
            sender.whenClaimed(guard::start);
            return send(sender);
        }
    }

    private int send(Sender sender) throws Exception {
        SendReport report = ProgressDisplay.during(
                spec.commandLine().getErr(),
                spec.qualifiedName(),
                () -> RoleProgress.of(sender.progress()),
                sender::send);
        report.warnings()
                .forEach(warning -> OperatorLine.warn(spec.commandLine().getErr(), "warning: " + warning));
        if (common.json()) {
            JsonResult.print(spec, report.summary());
        } else {
            ReportText.print(report.summary(), spec.commandLine().getOut());
        }
        return report.summary().status().equals(SendReport.INTERRUPTED) ? Failures.FAILED : Failures.OK;
    }

    private SendOptions options() {
        return SendOptions.of(migration)
                .withLanes(lanes)
                .withMaxBandwidth(maxBandwidth == null ? 0 : maxBandwidth)
                .withDowntimeLimit(Duration.ofMillis(downtimeLimit))
                .withAutoConverge(autoConverge)
                .withPatience(patience)
                .withHandover(handover)
                .withTarget(target)
                .withCheckpoints(checkpoints)
                .withRetention(retention)
                .withReplication(replication.get(spec));
    }

    private <T> T checked(Supplier<T> values) {
        try {
            return values.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
