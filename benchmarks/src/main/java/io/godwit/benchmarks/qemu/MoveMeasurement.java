package io.godwit.benchmarks.qemu;

import java.util.Map;

/**
 * One move of a guest.
 *
 * @param seconds by {@link MoveClock}
 * @param bytes sent, or on the stream
 * @param rounds over the guest's memory
 * @param pauseMillis between the guest's last heartbeat at the source and the first one at the destination, as they arrived
 * @param guestPauseMillis the same by the guest's own clock
 * @param cpuSeconds CPU seconds by role
 */
record MoveMeasurement(
        double seconds,
        long bytes,
        long rounds,
        double pauseMillis,
        double guestPauseMillis,
        Map<String, Double> cpuSeconds) {}
