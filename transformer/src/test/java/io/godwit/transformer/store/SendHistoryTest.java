package io.godwit.transformer.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class SendHistoryTest {
    private final SendHistory history = new SendHistory();

    @Test
    void theBulkRoundIsNotRemembered() {
        history.sentCached(3);
        history.sentUncached(77);

        assertThat(history.expected(3, true)).isZero();
        assertThat(history.ofUncached(77)).isZero();
    }

    @Test
    void aRoundIsOneBitAndTheNewestIsOnTop() {
        startRound();
        sendBoth();
        startRound();
        startRound();
        sendBoth();

        assertThat(history.expected(3, true)).isEqualTo(0b1010_0000);
        assertThat(history.ofUncached(77)).isEqualTo(0b1010_0000);
    }

    @Test
    void ofEightRoundsTheOldestIsForgotten() {
        startRound();
        sendBoth();
        for (int round = 0; round < 8; round++) {
            startRound();
        }

        assertThat(history.expected(3, true)).isZero();
        assertThat(history.ofUncached(77)).isZero();
    }

    @Test
    void aRoundInWhichFewPagesWereSentGoesOnWithTheNext() {
        history.startRound(false, 100);
        LongStream.range(0, 49).forEach(history::sentUncached);
        history.startRound(false, 100);
        history.sentUncached(77);
        history.sentUncached(78);
        assertThat(history.ofUncached(0)).isEqualTo(0b1000_0000);

        history.startRound(false, 100);

        assertThat(history.ofUncached(0)).isEqualTo(0b0100_0000);
    }

    @Test
    void anotherBulkRoundLeavesThePastAlone() {
        startRound();
        sendBoth();

        history.startRound(true, 0);
        history.sentCached(4);

        assertThat(history.expected(3, true)).isEqualTo(0b1000_0000);
        assertThat(history.expected(4, true)).isZero();
    }

    @Test
    void aPageThatIsSentEveryRoundIsExpectedInThisOneUntilItHasPassed() {
        for (int round = 0; round < 4; round++) {
            startRound();
            history.sentCached(3);
        }
        startRound();

        assertThat(history.expected(3, false)).isEqualTo(0b1111_1000);
        assertThat(history.expected(3, true)).isEqualTo(0b0111_1000);
    }

    @Test
    void aPagesPastOutlivesItsFrame() {
        startRound();
        history.sentCached(3);

        history.evicted(3, 1234);

        assertThat(history.ofUncached(1234)).isEqualTo(0b1000_0000);
    }

    @Test
    void resizingForgetsNothing() {
        startRound();
        LongStream.range(0, 100).forEach(history::sentUncached);
        history.assign(50, 0x55);

        history.resize(1 << 16);
        assertThat(LongStream.range(0, 100))
                .allSatisfy(key -> assertThat(history.ofUncached(key)).isEqualTo(0x80));
        assertThat(history.expected(50, true)).isEqualTo(0x55);

        history.resize(128);
        assertThat(LongStream.range(0, 100))
                .allSatisfy(key -> assertThat(history.ofUncached(key)).isEqualTo(0x80));
        assertThat(history.expected(50, true)).isEqualTo(0x55);
    }

    @Test
    void fewOtherPagesSeemToHaveBeenSent() {
        history.resize(1024);
        startRound();
        LongStream.range(0, 2048).forEach(history::sentUncached);

        long mistaken = LongStream.range(1 << 20, (1 << 20) + 10_000)
                .filter(key -> history.ofUncached(key) != 0)
                .count();

        // Three probes of 8192 cells, 2048 pages: (1 - e^(-3 * 2048 / 8192))^3 = 0.15.
        assertThat(mistaken).isBetween(1000L, 2000L);
    }

    private void startRound() {
        history.startRound(false, 0);
    }

    private void sendBoth() {
        history.sentCached(3);
        history.sentUncached(77);
    }
}
