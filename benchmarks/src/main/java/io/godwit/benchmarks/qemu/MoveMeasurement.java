package io.godwit.benchmarks.qemu;

import java.util.Map;

/**
 * One move of a guest.
 *
 * @param seconds by {@link MoveClock}
 * @param bytes sent, or on the stream
 * @param rounds over the guest's memory
 * @param pauseMillis between the guest's last heartbeat at the source and the first one at the destination, as they arrived
 * @param stoppedMillis of these, from the source's word that it stopped the guest to the destination's that it goes on
 * @param cpuSeconds CPU seconds by role
 */
record MoveMeasurement(
        double seconds,
        long bytes,
        long rounds,
        double pauseMillis,
        double stoppedMillis,
        Map<String, Double> cpuSeconds) {}
