package io.godwit.benchmarks.qemu;

import io.godwit.cli.guest.GuestImages;
import io.godwit.cli.guest.GuestJourney;
import io.godwit.cli.guest.GuestPause;
import io.godwit.cli.guest.GuestSpec;
import io.godwit.cli.guest.QemuGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Has a contender move a guest, each time one that was booted for it: a guest that has run for long is another guest, its
 * text overwritten.
 */
final class Course {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** How long the guest works before it is moved. */
    private static final int SETTLE_SECONDS = 2;
    /** Within a second at the destination a guest that is not itself has said so, or stopped. */
    private static final int HEARTBEATS_AFTER = 1000 / GuestWorkload.HEARTBEAT_MS;

    private final GuestImages images;
    private final Path scratch;
    private final int memoryMib;
    private final boolean isChecked;
    private int runs;

    /**
     * @param scratch for sockets and memory of the guests
     * @param memoryMib memory of each guest
     * @param isChecked whether the guest must have checked all its memory at the destination before the move counts
     */
    Course(GuestImages images, Path scratch, int memoryMib, boolean isChecked) {
        this.images = images;
        this.scratch = scratch;
        this.memoryMib = memoryMib;
        this.isChecked = isChecked;
    }

    MoveMeasurement run(Contender contender, GuestWorkload workload, Cap cap) throws Exception {
        Path directory = Files.createDirectories(scratch.resolve("run-" + runs++));
        GuestSpec spec = workload.guest(memoryMib);
        GuestSpec destinationSpec = contender.needsSharedMemory() ? spec.withSharedMemory() : spec;
        try (QemuGuest source = QemuGuest.boot(images, directory.resolve("source"), spec);
                QemuGuest destination =
                        QemuGuest.awaitIncoming(images, directory.resolve("destination"), destinationSpec)) {
            source.console().awaitReady(PATIENCE);
            source.console().awaitWrites((long) SETTLE_SECONDS * workload.writesPerSecond, PATIENCE);
            return move(contender, source, destination, cap, directory);
        }
    }

    private MoveMeasurement move(Contender contender, QemuGuest source, QemuGuest destination, Cap cap, Path directory)
            throws Exception {
        MoveClock clock = new MoveClock(source, destination);
        try (QemuCpu sourceCpu = new QemuCpu(source);
                QemuCpu destinationCpu = new QemuCpu(destination)) {
            Contender.Outcome outcome = contender.move(source, destination, cap, directory);
            double seconds = clock.seconds();
            Map<String, Double> cpu = new TreeMap<>(outcome.cpuSeconds());
            cpu.put("source", sourceCpu.seconds());
            cpu.put("destination", destinationCpu.seconds());
            destination.console().awaitHeartbeats(HEARTBEATS_AFTER, PATIENCE);
            double pauseMillis = judge(source, destination).wall().toNanos() / 1e6;
            return new MoveMeasurement(
                    seconds, outcome.bytes(), outcome.rounds(), pauseMillis, clock.stoppedMillis(), cpu);
        }
    }

    private GuestPause judge(QemuGuest source, QemuGuest destination) throws IOException, InterruptedException {
        if (isChecked) {
            destination.console().awaitFullCheck(PATIENCE);
        }
        GuestJourney journey = GuestJourney.through(source, destination);
        Optional<String> fault = journey.fault();
        if (fault.isPresent()) {
            throw new IllegalStateException("the guest noticed its move: " + fault.get());
        }
        return journey.pause(1);
    }
}
