package io.godwit.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({"300ms, PT0.3S", "30s, PT30S", "5m, PT5M", "24h, PT24H", "7D, PT168H"})
    void readsANumberAndItsUnit(String text, Duration duration) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30", "s", "-1s", "1.5h", "1h30m", "PT5M"})
    void refusesWhatIsNoDurationAndNamesIt(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 ms",
        "87, 87 ms",
        "1949, 1.9 s",
        "125000, 2 min 5 s",
        "3600000, 1 h",
        "12000000, 3 h 20 min",
        "604800000, 7 d",
        "180000000, 2 d 2 h"
    })
    void showsTheTwoLargestUnits(long millis, String text) {
        assertThat(Durations.format(millis)).isEqualTo(text);
    }
}
