package io.godwit.cli.guest;

/**
 * A guest's sign of life.
 *
 * @param sequence from 0, without holes as long as the guest lives, wherever it lives
 * @param guestMicros the guest's monotonic clock, in microseconds
 * @param arrivalNanos {@link System#nanoTime()} when the line arrived here
 */
public record Heartbeat(long sequence, long guestMicros, long arrivalNanos) {}
