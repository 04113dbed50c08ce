package io.godwit.producer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyntheticSpecTest {
    @Test
    void everyPartIsRead() {
        assertThat(SyntheticSpec.parse(
                        "memory=2G,zero=10,text=20,random=30,repeat=40,hot=128M,writes=500,bytes=64,threads=3,seed=9"))
                .isEqualTo(new SyntheticSpec(2L << 30, 10, 20, 30, 40, 128L << 20, 500, 64, 3, 9));
    }

    @Test
    void whatIsLeftOutIsTheDefault() {
        assertThat(SyntheticSpec.parse("")).isEqualTo(SyntheticSpec.DEFAULT);
        assertThat(SyntheticSpec.parse("seed=1")).isEqualTo(SyntheticSpec.DEFAULT);
    }

    @Test
    void theKindsOfPagesThatAreLeftOutBesideOthersCountZero() {
        SyntheticSpec spec = SyntheticSpec.parse("random=60, zero=40");

        assertThat(spec.textPercent()).isZero();
        assertThat(spec.repeatPercent()).isZero();
        assertThat(spec.randomPercent()).isEqualTo(60);
    }

    @Test
    void aSmallGuestHasASmallHotSet() {
        assertThat(SyntheticSpec.parse("memory=8M").hotBytes()).isEqualTo(2L << 20);
        assertThat(SyntheticSpec.parse("memory=4k").hotBytes()).isEqualTo(4096);
    }

    @Test
    void aGuestOfMoreThanTwoGibibytesHasItsPages() {
        assertThat(SyntheticSpec.parse("memory=9G").manifest().totalPages()).isEqualTo((9L << 30) / 4096);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    memry=1G              | 'memry=1G' is not understood: use KEY=VALUE with memory, zero
                    memory                | 'memory' is not understood
                    memory=1G,            | '' is not understood
                    memory=1G,memory=2G   | memory is given twice
                    memory=1X             | memory=1X is not a size: write bytes, or 64M, 2G
                    memory=-1             | memory=-1 is not a size
                    memory=99999999999999T| memory=99999999999999T is too large
                    memory=100            | memory 100 is not a positive multiple of the page size 4096
                    memory=0              | memory 0 is not a positive multiple
                    memory=9T             | memory 9895604649984 is more than a block can be
                    hot=5000              | hot 5000 is not a positive multiple
                    memory=1M,hot=2M      | hot 2097152 is more than memory 1048576
                    zero=50               | they must sum to 100
                    zero=101              | zero=101 is more than 100 percent
                    writes=x              | writes=x is not a number of at most 9 digits
                    writes=9999999999     | writes=9999999999 is not a number of at most 9 digits
                    bytes=0               | bytes 0 is not in 1..4096
                    bytes=4097            | bytes 4097 is not in 1..4096
                    threads=0             | threads 0 is not in 1..256
                    """)
    void aPartThatIsWrongIsNamed(String text, String message) {
        String given = text.replace("''", "");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SyntheticSpec.parse(given))
                .withMessageContaining(message);
    }
}
