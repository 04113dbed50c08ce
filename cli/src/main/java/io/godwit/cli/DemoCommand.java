package io.godwit.cli;

import io.godwit.cli.demo.Demo;
import io.godwit.cli.demo.DemoReport;
import io.godwit.cli.failure.CommandException;
import io.godwit.cli.progress.ProgressDisplay;
import io.godwit.cli.text.Durations;
import io.godwit.cli.text.Sizes;
import io.godwit.cli.text.Table;
import io.godwit.producer.source.SyntheticSpec;
import io.godwit.report.RoleReport;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code godwit demo}: everything on this machine, in about half a minute. */
@Command(
        name = "demo",
        description =
                "Shows a live migration on this machine alone: a Kafka broker, a transformer, a guest that keeps writing"
                        + " its memory, a target that waits and one that comes late. Compares all memory at the end and leaves"
                        + " nothing behind.",
        versionProvider = VersionProvider.class,
        sortOptions = false)
final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** Which guest the demo moves. */
    enum Guest {
        /** The best one there is: for now, always the synthetic one. */
        AUTO,
        /** Threads that keep writing memory. */
        SYNTHETIC
    }

    @Option(
            names = "--guest",
            paramLabel = "GUEST",
            defaultValue = "auto",
            description = "auto or synthetic: threads that keep writing memory. Default: ${DEFAULT-VALUE}.")
    private Guest guestKind;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "1G",
            converter = SizeConverter.class,
            description = "Memory of the guest. Needs five times as much disk. Default: ${DEFAULT-VALUE}.")
    private long memory;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() throws Exception {
        SyntheticSpec guest = guest();
        Demo demo = new Demo(guest);
        DemoReport report =
                ProgressDisplay.during(spec.commandLine().getErr(), spec.qualifiedName(), demo::progress, demo::run);
        if (common.json()) {
            JsonResult.print(spec, report);
        } else {
            print(report, guest);
        }
        if (!report.identical()) {
            throw new CommandException(
                    "the targets' memory is not the guest's: this is a bug of Godwit; please report it");
        }
        return Failures.OK;
    }

    private SyntheticSpec guest() {
        try {
            return switch (guestKind) {
                case AUTO, SYNTHETIC -> SyntheticSpec.parse("memory=" + memory);
            };
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--memory: " + e.getMessage(), e);
        }
    }

    private void print(DemoReport report, SyntheticSpec guest) {
        RoleReport arrived = report.waiting();
        new Table()
                .row(
                        "Guest",
                        Sizes.format(report.memoryBytes()) + ", " + guest.threads() + " threads write "
                                + guest.writesPerSecond() + " times a second in " + Sizes.format(guest.hotBytes()))
                .row("Rounds", report.send().rounds())
                .row("Pages", ReportText.pages(arrived.pages()))
                .row("Bytes", ReportText.bytes(arrived.bytes()))
                .row("Sending", ReportText.time(report.send()))
                .row("Downtime", Durations.format(report.send().downtimeMillis()))
                .row(
                        "Waiting target",
                        status(arrived) + " " + Durations.format(report.waitingLagMillis())
                                + " after the source was done")
                .row("Late target", status(report.late()) + " in " + ReportText.time(report.late()))
                .row("Memory", report.identical() ? "identical in guest and both targets" : "DIFFERENT")
                .print(spec.commandLine().getOut());
    }

    private static String status(RoleReport target) {
        return target.status() + (Boolean.TRUE.equals(target.verified()) ? " and verified" : "");
    }
}
