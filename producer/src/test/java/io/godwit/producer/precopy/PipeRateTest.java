package io.godwit.producer.precopy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PipeRateTest {
    private static final long SECOND = 1_000_000_000;
    private static final long MB = 1_000_000;

    private final PipeRate rate = new PipeRate();

    @Test
    void nothingFitsBeforeAnyMeasureButNothingLeft() {
        assertThat(rate.fits(1, Duration.ofDays(1))).isFalse();
        assertThat(rate.fits(0, Duration.ofMillis(1))).isTrue();
    }

    @Test
    void whatFitsIsRateTimesLimit() {
        rate.measured(100 * MB, SECOND);

        assertThat(rate.bytesPerSecond()).isEqualTo(100 * MB);
        assertThat(rate.fits(30 * MB, Duration.ofMillis(300))).isTrue();
        assertThat(rate.fits(30 * MB + 1, Duration.ofMillis(300))).isFalse();
    }

    @Test
    void aLargeRoundReplacesTheMeasure() {
        rate.measured(100 * MB, SECOND);
        rate.measured(50 * MB, SECOND);

        assertThat(rate.bytesPerSecond()).isEqualTo(50 * MB);
    }

    @Test
    void aSmallRoundMayRaiseTheMeasureButNotLowerIt() {
        rate.measured(100 * MB, SECOND);
        rate.measured(1000, SECOND);
        assertThat(rate.bytesPerSecond()).isEqualTo(100 * MB);

        rate.measured(1000, SECOND / 1_000_000);
        assertThat(rate.bytesPerSecond()).isEqualTo(1000 * MB);
    }

    @Test
    void aRoundThatTookNoTimeIsNoDivisionByZero() {
        rate.measured(MB, 0);

        assertThat(rate.fits(MB, Duration.ofMillis(1))).isTrue();
    }
}
