package io.godwit.cli.demo;

import io.godwit.cli.failure.CommandException;
import io.godwit.cli.progress.ProgressView;
import io.godwit.consumer.ReceiveOptions;
import io.godwit.producer.SendOptions;
import io.godwit.producer.source.SyntheticGuest;
import io.godwit.producer.source.SyntheticSpec;
import io.godwit.report.RoleReport;
import java.nio.file.Path;

/**
 * One run of the demo with threads that keep writing memory for a guest. Used once, by one thread; {@link #progress} is for
 * any.
 */
public final class SyntheticDemo {
    private static final String MIGRATION = "demo";
    /** Ingress, stream and two targets, each at most as large as the guest, and what the guest writes meanwhile. */
    private static final int DISK_FACTOR = 5;

    private final SyntheticSpec spec;
    private final DemoProgress progress = new DemoProgress();

    public SyntheticDemo(SyntheticSpec spec) {
        this.spec = spec;
    }

    /**
     * Migrates the guest to both targets and compares.
     *
     * @throws CommandException if there is no room for it
     * @throws InterruptedException if the thread is interrupted; all that it made is removed then, too
     */
    public SyntheticDemoReport run() throws Exception {
        try (DemoStage stage = DemoStage.open(spec.memoryBytes(), DISK_FACTOR, progress);
                SyntheticGuest guest = new SyntheticGuest(spec)) {
            return run(guest, stage);
        }
    }

    /** What it does now. */
    public ProgressView progress() {
        return progress.view();
    }

    private SyntheticDemoReport run(SyntheticGuest guest, DemoStage stage) throws Exception {
        Path waitingTarget = stage.directory().resolve("waiting");
        Path lateTarget = stage.directory().resolve("late");
        progress.tell("starting", "guest");
        guest.boot();
        DemoStage.Arrival waiting =
                stage.migrate("", SendOptions.of(MIGRATION), guest, ReceiveOptions.of(MIGRATION, waitingTarget));
        RoleReport late = stage.receive("late target, ", ReceiveOptions.of(MIGRATION, lateTarget));
        progress.tell("comparing", "guest and targets, byte for byte");
        boolean identical = MemoryComparison.isSame(guest, waitingTarget) && MemoryComparison.isSame(guest, lateTarget);
        return new SyntheticDemoReport(
                spec.memoryBytes(), waiting.sent().summary(), waiting.received(), late, waiting.lagMillis(), identical);
    }
}
