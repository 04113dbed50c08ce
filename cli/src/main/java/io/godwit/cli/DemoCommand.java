package io.godwit.cli;

import io.godwit.cli.demo.QemuDemo;
import io.godwit.cli.demo.QemuDemoReport;
import io.godwit.cli.demo.SyntheticDemo;
import io.godwit.cli.demo.SyntheticDemoReport;
import io.godwit.cli.failure.CommandException;
import io.godwit.cli.guest.GuestImages;
import io.godwit.cli.log.OperatorLine;
import io.godwit.cli.progress.ProgressDisplay;
import io.godwit.cli.text.Sizes;
import io.godwit.producer.source.SyntheticSpec;
import java.util.Optional;
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
                "Shows a live migration on this machine alone: a Kafka broker, a transformer and a guest that keeps writing its"
                        + " memory. Linux under QEMU moves to another QEMU, and checks its own memory there; a synthetic guest"
                        + " goes to a target that waits and to one that comes late, and all memory is compared. Leaves nothing"
                        + " behind.",
        versionProvider = VersionProvider.class,
        sortOptions = false)
final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    /** Which guest the demo moves. */
    enum Guest {
        /** The best one that there is here. */
        AUTO,
        /** Linux under QEMU. */
        QEMU,
        /** Threads that keep writing memory. */
        SYNTHETIC
    }

    @Option(
            names = "--guest",
            paramLabel = "GUEST",
            defaultValue = "auto",
            description =
                    "qemu: Linux, which moves from one QEMU to another; synthetic: threads that keep writing memory;"
                            + " auto: qemu where QEMU and the guest's images are found. Default: ${DEFAULT-VALUE}.")
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
        // Checks the memory, which has to be whole pages for either guest.
        SyntheticSpec synthetic = synthetic();
        GuestImages images = GuestImages.locate();
        return isQemu(images) ? move(new QemuDemo(images, memory)) : migrate(synthetic);
    }

    private boolean isQemu(GuestImages images) throws CommandException {
        if (guestKind == Guest.SYNTHETIC) {
            return false;
        }
        Optional<String> hindrance = memory < QemuDemo.SMALLEST_MEMORY_BYTES
                ? Optional.of("Linux needs --memory of at least " + Sizes.format(QemuDemo.SMALLEST_MEMORY_BYTES))
                : images.missing();
        if (hindrance.isPresent() && guestKind == Guest.QEMU) {
            throw new CommandException("no guest under QEMU: " + hindrance.get());
        }
        hindrance.ifPresent(reason -> OperatorLine.warn(
                spec.commandLine().getErr(), "a synthetic guest instead of one under QEMU: " + reason));
        return hindrance.isEmpty();
    }

    private int move(QemuDemo demo) throws Exception {
        QemuDemoReport report =
                ProgressDisplay.during(spec.commandLine().getErr(), spec.qualifiedName(), demo::progress, demo::run);
        if (common.json()) {
            JsonResult.print(spec, report);
        } else {
            DemoText.print(report, demo.workload(), spec.commandLine().getOut());
        }
        if (report.fault() != null) {
            throw new CommandException(
                    "the guest noticed its move (" + report.fault() + "): this is a bug of Godwit; please report it");
        }
        return Failures.OK;
    }

    private int migrate(SyntheticSpec guest) throws Exception {
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

    private SyntheticSpec synthetic() {
        try {
            return SyntheticSpec.parse("memory=" + memory);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--memory: " + e.getMessage(), e);
        }
    }
}
