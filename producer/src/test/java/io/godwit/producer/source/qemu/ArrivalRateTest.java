package io.godwit.producer.source.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ArrivalRateTest {
    private static final long SECOND = 1_000_000_000;
    private static final long MIB = 1 << 20;

    private final ArrivalRate rate = new ArrivalRate();

    @Test
    void nothingFitsBeforeAnyMeasureButNothingLeft() {
        assertThat(rate.fits(1, Duration.ofDays(1))).isFalse();
        assertThat(rate.fits(0, Duration.ofMillis(1))).isTrue();
    }

    @Test
    void whatFitsIsRateTimesLimit() {
        rate.arrived(100 * MIB, SECOND);

        assertThat(rate.bytesPerSecond()).isEqualTo(100 * MIB);
        assertThat(rate.fits(30 * MIB, Duration.ofMillis(300))).isTrue();
        assertThat(rate.fits(30 * MIB + 1, Duration.ofMillis(300))).isFalse();
    }

    @Test
    void aRoundWhoseArrivalIsToldRightAfterTheOneBeforeDoesNotCountAlone() {
        rate.arrived(700 * MIB, 7 * SECOND);
        rate.arrived(40 * MIB, SECOND);
        rate.arrived(40 * MIB, SECOND / 1000);

        assertThat(rate.bytesPerSecond()).isBetween(79 * MIB, 80 * MIB);
    }

    @Test
    void aLargeRoundReplacesWhatWasMeasuredBefore() {
        rate.arrived(700 * MIB, 7 * SECOND);
        rate.arrived(64 * MIB, 2 * SECOND);

        assertThat(rate.bytesPerSecond()).isEqualTo(32 * MIB);
    }

    @Test
    void aSmallRoundCountsOnlyAsTheFirstOne() {
        rate.arrived(MIB, SECOND);
        assertThat(rate.bytesPerSecond()).isEqualTo(MIB);

        rate.arrived(16 * MIB - 1, SECOND / 1000);
        assertThat(rate.bytesPerSecond()).isEqualTo(MIB);

        rate.arrived(16 * MIB, SECOND);
        assertThat(rate.bytesPerSecond()).isEqualTo(17 * MIB / 2);
    }

    @Test
    void aRoundThatTookNoTimeIsNoDivisionByZero() {
        rate.arrived(MIB, 0);

        assertThat(rate.fits(MIB, Duration.ofMillis(1))).isTrue();
    }
}
