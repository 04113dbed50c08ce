package io.godwit.producer.publish;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bounds the bytes a second: a bucket that fills at the rate, up to a tenth of a second's bytes. What is taken may overdraw
 * it, so that a record larger than the bucket passes, and whoever comes next waits for that. Any thread may call it.
 */
public final class RateLimiter {
    /** A limiter that never waits. */
    public static final long UNLIMITED = 0;

    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int BUCKETS_PER_SECOND = 10;

    /** Waits; {@link TimeUnit#sleep} of nanoseconds but in tests. */
    @FunctionalInterface
    public interface Sleeper {
        /** Returns after {@code nanos}. */
        void sleep(long nanos) throws InterruptedException;
    }

    private final double bytesPerNano;
    private final double bucketBytes;
    private final LongSupplier nanoClock;
    private final Sleeper sleeper;

    private double bytes;
    private long lastNanos;

    /**
     * @param bytesPerSecond or {@link #UNLIMITED}
     * @param nanoClock as {@link System#nanoTime}
     */
    public RateLimiter(long bytesPerSecond, LongSupplier nanoClock, Sleeper sleeper) {
        bytesPerNano = (double) bytesPerSecond / NANOS_PER_SECOND;
        bucketBytes = (double) bytesPerSecond / BUCKETS_PER_SECOND;
        this.nanoClock = nanoClock;
        this.sleeper = sleeper;
        bytes = bucketBytes;
        lastNanos = nanoClock.getAsLong();
    }

    /** Takes {@code count} bytes; waits first for what was overdrawn. */
    public void take(long count) throws InterruptedException {
        if (bytesPerNano == UNLIMITED) {
            return;
        }
        long waitNanos = waitNanos();
        while (waitNanos > 0) {
            sleeper.sleep(waitNanos);
            waitNanos = waitNanos();
        }
        withdraw(count);
    }

    private synchronized long waitNanos() {
        long now = nanoClock.getAsLong();
        bytes = Math.min(bucketBytes, bytes + (now - lastNanos) * bytesPerNano);
        lastNanos = now;
        return bytes >= 0 ? 0 : (long) Math.ceil(-bytes / bytesPerNano);
    }

    private synchronized void withdraw(long count) {
        bytes -= count;
    }
}
