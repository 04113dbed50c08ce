package io.godwit.cli;

import io.godwit.cli.demo.SyntheticDemo;
import io.godwit.cli.demo.SyntheticDemoReport;
import io.godwit.cli.failure.CommandException;
import io.godwit.cli.progress.ProgressDisplay;
import io.godwit.producer.source.SyntheticSpec;
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
        SyntheticDemo demo = new SyntheticDemo(guest);
        SyntheticDemoReport report =
                ProgressDisplay.during(spec.commandLine().getErr(), spec.qualifiedName(), demo::progress, demo::run);
        if (common.json()) {
            JsonResult.print(spec, report);
        } else {
            DemoText.print(report, guest, spec.commandLine().getOut());
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
}
