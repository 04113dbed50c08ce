package io.godwit.benchmarks.pipeline;

import java.util.Map;

/**
 * One run.
 *
 * @param seconds from the first record at the sink to the last, verified where Godwit ran
 * @param sendSeconds how long the sender took; NaN where it was not asked
 * @param downtimeMillis how long the guest was paused; NaN where it was not
 * @param guestBytes bytes of guest memory moved
 * @param streamBytes bytes fetched from the second topic
 * @param cpuSeconds CPU seconds by role
 */
record Measurement(
        double seconds,
        double sendSeconds,
        double downtimeMillis,
        long guestBytes,
        long streamBytes,
        Map<String, Double> cpuSeconds) {}
