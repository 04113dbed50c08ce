package io.godwit.producer.precopy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AutoConvergeTest {
    private final AutoConverge autoConverge = new AutoConverge();

    @Test
    void everySecondHighRoundRaisesTheThrottleAsQemuDoes() {
        List<Integer> steps = new ArrayList<>();
        for (int round = 0; round < 24; round++) {
            autoConverge.roundEnded(1000, 900);
            steps.add(autoConverge.throttlePercent());
        }

        assertThat(steps)
                .containsExactly(
                        0, 20, 20, 30, 30, 40, 40, 50, 50, 60, 60, 70, 70, 80, 80, 90, 90, 99, 99, 99, 99, 99, 99, 99);
    }

    @Test
    void aGuestThatDirtiesHalfOfWhatIsSentIsNotHigh() {
        for (int round = 0; round < 10; round++) {
            autoConverge.roundEnded(1000, 500);
        }

        assertThat(autoConverge.isOutrun()).isFalse();
        assertThat(autoConverge.throttlePercent()).isZero();
    }

    @Test
    void oneHighRoundIsNotEnough() {
        autoConverge.roundEnded(1000, 10_000);

        assertThat(autoConverge.isOutrun()).isFalse();
    }

    @Test
    void highRoundsNeedNotFollowEachOther() {
        autoConverge.roundEnded(1000, 900);
        autoConverge.roundEnded(1000, 10);
        autoConverge.roundEnded(1000, 900);

        assertThat(autoConverge.isOutrun()).isTrue();
        assertThat(autoConverge.throttlePercent()).isEqualTo(20);
    }
}
