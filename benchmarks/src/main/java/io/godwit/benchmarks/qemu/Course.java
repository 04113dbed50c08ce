package io.godwit.benchmarks.qemu;

import io.godwit.cli.guest.GuestImages;
import io.godwit.cli.guest.GuestJourney;
import io.godwit.cli.guest.GuestPause;
import io.godwit.cli.guest.GuestSpec;
import io.godwit.cli.guest.QemuGuest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

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
    private final int memoryMib;
    private final boolean isChecked;

    /**
     * @param memoryMib memory of each guest
     * @param isChecked whether the guest must have checked all its memory at the destination before the move counts
     */
    Course(GuestImages images, int memoryMib, boolean isChecked) {
        this.images = images;
        this.memoryMib = memoryMib;
        this.isChecked = isChecked;
    }

    MoveMeasurement run(Contender contender, GuestWorkload workload, Cap cap) throws Exception {
        try (Host source = boot(workload);
                Host destination = awaitIncoming(contender, workload)) {
            settle(source.guest(), workload);
            return move(contender, source.guest(), destination, cap);
        }
    }

    /**
     * Has one guest moved there and back again: each move ends in a QEMU that is new on its host, as the one before has let go
     * of the guest. In the end the guest checks all its memory.
     *
     * @param trips of two moves each
     * @param measured told of each move, with its number from 1
     */
    void travel(
            Contender contender,
            GuestWorkload workload,
            Cap cap,
            int trips,
            BiConsumer<Integer, MoveMeasurement> measured)
            throws Exception {
        List<Host> hosts = new ArrayList<>(List.of(boot(workload)));
        try {
            Host here = hosts.get(0);
            settle(here.guest(), workload);
            for (int move = 1; move <= 2 * trips; move++) {
                Host there = awaitIncoming(contender, workload);
                hosts.add(there);
                measured.accept(move, move(contender, here.guest(), there, cap));
                here.close();
                here = there;
            }
            here.guest().console().awaitFullCheck(PATIENCE);
            check(GuestJourney.through(hosts.stream().map(Host::guest).toArray(QemuGuest[]::new)));
        } finally {
            for (Host host : hosts) {
                host.close();
            }
        }
    }

    private Host boot(GuestWorkload workload) throws Exception {
        return Host.of(directory -> QemuGuest.boot(images, directory, workload.guest(memoryMib)));
    }

    private Host awaitIncoming(Contender contender, GuestWorkload workload) throws Exception {
        GuestSpec spec = workload.guest(memoryMib);
        GuestSpec incoming = contender.needsSharedMemory() ? spec.withSharedMemory() : spec;
        return Host.of(directory -> QemuGuest.awaitIncoming(images, directory, incoming));
    }

    private static void settle(QemuGuest guest, GuestWorkload workload) throws Exception {
        guest.console().awaitReady(PATIENCE);
        guest.console().awaitWrites((long) SETTLE_SECONDS * workload.writesPerSecond, PATIENCE);
    }

    private MoveMeasurement move(Contender contender, QemuGuest source, Host destinationHost, Cap cap)
            throws Exception {
        QemuGuest destination = destinationHost.guest();
        MoveClock clock = new MoveClock(source, destination);
        try (QemuCpu sourceCpu = new QemuCpu(source);
                QemuCpu destinationCpu = new QemuCpu(destination)) {
            Contender.Outcome outcome = contender.move(source, destination, cap, destinationHost.directory());
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
        check(journey);
        return journey.pause(1);
    }

    private static void check(GuestJourney journey) {
        Optional<String> fault = journey.fault();
        if (fault.isPresent()) {
            throw new IllegalStateException("the guest noticed its move: " + fault.get());
        }
    }
}
