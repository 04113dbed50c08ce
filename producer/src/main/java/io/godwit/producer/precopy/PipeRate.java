package io.godwit.producer.precopy;

import java.time.Duration;

/** How many bytes of pages the pipe stores per second, measured over whole rounds, from first page to last acknowledgement. */
public final class PipeRate {
    /** A round that carries less says more of latency than of the rate: it may raise the measure, not lower it. */
    static final long MEASURABLE_BYTES = 1 << 20;

    private static final double NANOS_PER_SECOND = 1e9;

    private double bytesPerNano;

    /** A round took {@code nanos} for {@code bytes} of pages that carry bytes. */
    public void measured(long bytes, long nanos) {
        double measure = (double) bytes / Math.max(1, nanos);
        if (bytes >= MEASURABLE_BYTES || measure > bytesPerNano) {
            bytesPerNano = measure;
        }
    }

    /** Whether {@code bytes} pass within {@code limit} at the measured rate; nothing but 0 bytes does before any measure. */
    public boolean fits(long bytes, Duration limit) {
        return bytes <= bytesPerNano * limit.toNanos();
    }

    /** The measured rate; 0 before any measure. */
    public long bytesPerSecond() {
        return (long) (bytesPerNano * NANOS_PER_SECOND);
    }
}
