package io.godwit.producer.source.qemu;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many bytes of pages arrive at a target per second, from the rounds that arrived last. One round alone says too much: the
 * word of its arrival may come late, and that of the next one right behind it.
 */
final class ArrivalRate {
    /** A round that carries less says how long a record travels, not how many bytes pass; but for the first one. */
    static final long MEASURABLE_BYTES = 16 << 20;
    /** As many rounds as carry so much. */
    static final long WINDOW_BYTES = 64 << 20;

    private static final double NANOS_PER_SECOND = 1e9;

    private record Measure(long bytes, long nanos) {}

    private final Deque<Measure> measures = new ArrayDeque<>();
    private long bytes;
    private long nanos;

    /** A round of {@code roundBytes} arrived {@code sinceNanos} after the one before. */
    void arrived(long roundBytes, long sinceNanos) {
        if (roundBytes < MEASURABLE_BYTES && !measures.isEmpty()) {
            return;
        }
        measures.add(new Measure(roundBytes, Math.max(1, sinceNanos)));
        bytes += roundBytes;
        nanos += Math.max(1, sinceNanos);
        while (bytes - measures.getFirst().bytes() >= WINDOW_BYTES) {
            Measure oldest = measures.removeFirst();
            bytes -= oldest.bytes();
            nanos -= oldest.nanos();
        }
    }

    /** Whether {@code wanted} bytes arrive within {@code limit}; nothing but 0 bytes does before any measure. */
    boolean fits(long wanted, Duration limit) {
        return measures.isEmpty() ? wanted == 0 : (double) wanted * nanos <= (double) bytes * limit.toNanos();
    }

    /** The rate; 0 before any measure. */
    long bytesPerSecond() {
        return measures.isEmpty() ? 0 : (long) (bytes * NANOS_PER_SECOND / nanos);
    }
}
