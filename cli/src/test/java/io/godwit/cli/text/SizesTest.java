package io.godwit.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "4096, 4096", "1K, 1024", "64M, 67108864", "2g, 2147483648", "8191T, 9006099743113216"})
    void readsBytesAndUnitsOf1024(String text, long bytes) {
        assertThat(Sizes.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "M", "64X", "-1", "1.5G", "64 M", "64MB", "0x10", "1234567890123456789"})
    void refusesWhatIsNoSizeAndNamesIt(String text) {
        assertThatThrownBy(() -> Sizes.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void refusesASizeThatALongDoesNotHold() {
        assertThatThrownBy(() -> Sizes.parse("9007199254740993T")).hasMessageContaining("too large");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.00 KiB",
        "1572864, 1.50 MiB",
        "67108864, 64.0 MiB",
        "1073741824, 1.00 GiB",
        "137438953472, 128 GiB",
        "9223372036854775807, 8388608 TiB"
    })
    void showsThreeDigitsOrSo(long bytes, String text) {
        assertThat(Sizes.format(bytes)).isEqualTo(text);
    }

    @Test
    void aRateOfNoTimeIsFinite() {
        assertThat(Sizes.formatRate(1024, 0)).isEqualTo("1000 KiB/s");
        assertThat(Sizes.formatRate(1 << 30, 2000)).isEqualTo("512 MiB/s");
    }
}
