package io.godwit.producer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimiterTest {
    private static final long RATE = 1_000_000;

    private long nanos = 5_000_000_000L;
    private int sleeps;

    @Test
    void aBurstUpToTheBucketPassesAtOnce() throws Exception {
        RateLimiter limiter = limiter(RATE);

        limiter.take(RATE / 10);
        limiter.take(RATE);

        assertThat(sleeps).isZero();
    }

    @Test
    void whoComesAfterAnOverdraftWaitsForIt() throws Exception {
        RateLimiter limiter = limiter(RATE);
        limiter.take(RATE + RATE / 10);
        long start = nanos;

        limiter.take(1);

        assertThat(nanos - start).isEqualTo(TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void anIdleHourIsNoCreditForMoreThanTheBucket() throws Exception {
        RateLimiter limiter = limiter(RATE);
        nanos += TimeUnit.HOURS.toNanos(1);
        long start = nanos;

        limiter.take(RATE / 10 + 1000);
        limiter.take(1);

        assertThat(nanos - start).isEqualTo(TimeUnit.MILLISECONDS.toNanos(1));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void overTimeTheRateIsKeptWhateverTheRecords(long seed) throws Exception {
        Random random = new Random(seed);
        RateLimiter limiter = limiter(RATE);
        long start = nanos;
        long taken = 0;
        while (taken < 100 * RATE) {
            int record = random.nextInt(300_000);
            limiter.take(record);
            taken += record;
        }

        double seconds = (nanos - start) / 1e9;
        assertThat(taken / seconds).as("seed %d", seed).isBetween(0.98 * RATE, 1.02 * RATE);
    }

    @Test
    void withoutALimitNobodyWaits() throws Exception {
        RateLimiter limiter = limiter(RateLimiter.UNLIMITED);

        limiter.take(Long.MAX_VALUE);
        limiter.take(Long.MAX_VALUE);

        assertThat(sleeps).isZero();
    }

    private RateLimiter limiter(long bytesPerSecond) {
        return new RateLimiter(bytesPerSecond, () -> nanos, slept -> {
            nanos += slept;
            sleeps++;
        });
    }
}
