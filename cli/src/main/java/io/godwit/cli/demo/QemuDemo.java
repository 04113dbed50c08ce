package io.godwit.cli.demo;

import io.godwit.cli.failure.CommandException;
import io.godwit.cli.guest.GuestImages;
import io.godwit.cli.guest.GuestJourney;
import io.godwit.cli.guest.GuestSpec;
import io.godwit.cli.guest.Heartbeat;
import io.godwit.cli.guest.QemuGuest;
import io.godwit.cli.progress.ProgressView;
import io.godwit.consumer.Destination;
import io.godwit.consumer.ReceiveOptions;
import io.godwit.producer.SendOptions;
import io.godwit.producer.source.MemorySource;
import io.godwit.producer.source.qemu.QemuSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One run of the demo with a Linux guest, which moves from one QEMU to another while it works. Used once, by one thread;
 * {@link #progress} is for any.
 */
public final class QemuDemo {
    /** With less than this Linux and its workload have no room. */
    public static final long SMALLEST_MEMORY_BYTES = 128L << 20;

    private static final String MIGRATION = "demo";
    /** Ingress, stream and the memory of the destination, each at most as large as the guest, and what it writes meanwhile. */
    private static final int DISK_FACTOR = 4;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int WRITES_PER_SECOND = 4000;

    private final GuestImages images;
    private final int memoryMebibytes;
    private final DemoProgress progress = new DemoProgress();

    /** @param images of which nothing is missing */
    public QemuDemo(GuestImages images, long memoryBytes) {
        this.images = images;
        this.memoryMebibytes = Math.toIntExact(memoryBytes >> 20);
    }

    /**
     * Moves the guest, and has it check all its memory afterwards.
     *
     * @throws CommandException if there is no room for it
     * @throws InterruptedException if the thread is interrupted; all that it made is removed then, too
     */
    public QemuDemoReport run() throws Exception {
        GuestSpec spec = GuestSpec.of(memoryMebibytes, workload());
        try (DemoStage stage = DemoStage.open((long) memoryMebibytes << 20, DISK_FACTOR, progress);
                QemuGuest source = boot(stage.directory().resolve("source"), spec);
                QemuGuest destination = QemuGuest.awaitIncoming(
                        images, stage.directory().resolve("destination"), spec.withSharedMemory())) {
            source.console().awaitReady(PATIENCE);
            source.console().awaitWrites(WRITES_PER_SECOND, PATIENCE);
            return move(stage, source, destination);
        }
    }

    /** What it does now. */
    public ProgressView progress() {
        return progress.view();
    }

    /** What the guest does, for whoever watches. */
    public String workload() {
        return "hot=" + memoryMebibytes / 16 + "M hot-fill=text text=" + memoryMebibytes * 3 / 8 + "M random="
                + memoryMebibytes / 8 + "M repeat=0 heartbeat=5 sweep=40000 writes=" + WRITES_PER_SECOND;
    }

    private QemuGuest boot(Path directory, GuestSpec spec) throws Exception {
        progress.tell("starting", "guest: Linux boots under QEMU and fills its memory");
        return QemuGuest.boot(images, directory, spec);
    }

    private QemuDemoReport move(DemoStage stage, QemuGuest source, QemuGuest destination) throws Exception {
        SendOptions options = SendOptions.of(MIGRATION);
        DemoStage.Arrival arrival;
        try (MemorySource memory = QemuSource.connect(source.agentSocket(), options.precopy())) {
            arrival = stage.migrate(
                    "", options, memory, ReceiveOptions.of(MIGRATION, new Destination.Qemu(destination.agentSocket())));
        }
        progress.tell("checking", "the guest checks all its memory, where it is now");
        destination.console().awaitFullCheck(PATIENCE);
        return report(arrival, source, destination);
    }

    private QemuDemoReport report(DemoStage.Arrival arrival, QemuGuest source, QemuGuest destination) throws Exception {
        GuestJourney journey = GuestJourney.through(source, destination);
        List<Heartbeat> before = GuestJourney.through(source).heartbeats();
        List<Heartbeat> all = journey.heartbeats();
        return new QemuDemoReport(
                (long) memoryMebibytes << 20,
                source.qmp().version().toString(),
                arrival.sent().summary(),
                arrival.received(),
                before.get(before.size() - 1).sequence(),
                all.get(before.size()).sequence(),
                all.get(all.size() - 1).sequence(),
                journey.pause(1).wall().toMillis(),
                source.runState(),
                destination.runState(),
                journey.fault().orElse(null));
    }
}
