package io.godwit.producer.precopy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrecopyTest {
    private static final Duration LONG_PAUSE = Duration.ofMillis(10);
    /** Ten pages at the sink's pace. */
    private static final Duration TEN_PAGES = Duration.ofNanos(10_000);

    private final List<PrecopyState> states = new ArrayList<>();

    @Test
    void theFirstRoundSendsEveryPageOfEveryBlockOnceInOrder() throws Exception {
        ScriptedMemory memory = new ScriptedMemory(1, 64, 65, 200);
        RecordingSink sink = new RecordingSink(memory.manifest());

        migrate(memory, sink, LONG_PAUSE, false);

        List<String> all = new ArrayList<>();
        for (int block = 0; block < 4; block++) {
            int number = block;
            IntStream.range(0, memory.manifest().pages(block)).forEach(page -> all.add(number + ":" + page));
        }
        assertThat(sink.ended()).containsExactly(all);
    }

    @Test
    void memoryThatNobodyWritesIsSentInOneRoundAndNeverPaused() throws Exception {
        ScriptedMemory memory = new ScriptedMemory(70);
        memory.live = false;
        RecordingSink sink = new RecordingSink(memory.manifest());

        migrate(memory, sink, LONG_PAUSE, false);

        assertThat(sink.ended()).hasSize(1);
        assertThat(memory.paused).isFalse();
        assertThat(states).noneMatch(PrecopyState::paused);
    }

    @Test
    void aPageWrittenAfterItWasReadIsSentAgain() throws Exception {
        ScriptedMemory memory = new ScriptedMemory(100);
        RecordingSink sink = new RecordingSink(memory.manifest());
        sink.between = (round, block, index) -> {
            if (round == 1 && index == 70) {
                memory.write(0, 3, 7);
                memory.write(0, 70, 8);
            }
        };

        migrate(memory, sink, LONG_PAUSE, false);

        assertThat(sink.ended().get(1)).containsExactly("0:3", "0:70");
        assertThat(sink.copy.get(0)).isEqualTo(memory.blocks.get(0));
    }

    @Test
    void aPageWrittenBeforeItsTurnIsSentOnce() throws Exception {
        ScriptedMemory memory = new ScriptedMemory(200);
        RecordingSink sink = new RecordingSink(memory.manifest());
        sink.between = (round, block, index) -> {
            if (index == 5) {
                memory.write(0, 150, 9);
            }
        };

        migrate(memory, sink, LONG_PAUSE, false);

        assertThat(sink.ended()).hasSize(1);
        assertThat(sink.copy.get(0)).isEqualTo(memory.blocks.get(0));
    }

    @Test
    void roundsGoOnUntilTheRestFitsTheDowntimeLimitAndOnlyThenTheGuestIsPaused() throws Exception {
        ScriptedMemory memory = new ScriptedMemory(4000);
        RecordingSink sink = new RecordingSink(memory.manifest());
        // Dirties a tenth of what is sent: 400, 40, 4 pages.
        sink.between = (round, block, index) -> {
            if (!memory.paused && sink.rounds.get(round - 1).size() % 10 == 0) {
                memory.write(0, sink.rounds.get(round - 1).size() / 10 - 1, round + 1);
            }
        };

        migrate(memory, sink, TEN_PAGES, false);

        assertThat(sink.ended()).extracting(List::size).containsExactly(4000, 400, 40, 4);
        assertThat(states).extracting(PrecopyState::paused).containsExactly(false, false, false, true, true);
        assertThat(states).extracting(PrecopyState::roundPages).containsExactly(4000L, 400L, 40L, 4L, 4L);
        assertThat(sink.copy.get(0)).isEqualTo(memory.blocks.get(0));
        assertThat(memory.paused).isTrue();
    }

    /** What is read fast and stored slowly would take its time while the guest stands still. */
    @Test
    void theRateIsMeasuredToTheMomentWhenTheRoundIsStored() throws Exception {
        ScriptedMemory memory = new ScriptedMemory(4000);
        RecordingSink sink = new RecordingSink(memory.manifest());
        sink.nanosToStore = 4000 * sink.nanosPerPage;
        sink.between = (round, block, index) -> {
            if (round == 1 && index >= 3990) {
                memory.write(0, index - 3990, 2);
            }
        };

        migrate(memory, sink, TEN_PAGES, false);

        // Ten pages, of which but five fit: one round more with the guest running.
        assertThat(states).extracting(PrecopyState::paused).containsExactly(false, false, true);
        assertThat(states.get(1).bytesPerSecond())
                .isEqualTo(4000L * ScriptedMemory.PAGE_SIZE * 1_000_000_000 / 8_000_000);
    }

    @Test
    void aGuestWhoseMigrationIsStoppedRightBeforeThePauseIsNotPaused() {
        ScriptedMemory memory = new ScriptedMemory(100);
        RecordingSink sink = new RecordingSink(memory.manifest());
        sink.closeAtRound = 2;

        assertThatThrownBy(() -> migrate(memory, sink, LONG_PAUSE, false)).isInstanceOf(SinkClosedException.class);

        assertThat(memory.paused).isFalse();
    }

    @Test
    void whatIsFoundOnlyAfterThePauseIsSentInTheLastRound() throws Exception {
        ScriptedMemory memory = new ScriptedMemory(100);
        RecordingSink sink = new RecordingSink(memory.manifest());
        memory.synced = () -> {
            if (memory.paused) {
                memory.blocks.get(0)[70 * ScriptedMemory.PAGE_SIZE] = 7;
                memory.dirty(0).mark(70);
            }
        };

        migrate(memory, sink, LONG_PAUSE, false);

        assertThat(sink.ended().get(1)).containsExactly("0:70");
        assertThat(sink.copy.get(0)).isEqualTo(memory.blocks.get(0));
    }

    /** Ten pages fit, and so do four and a sync of six; six and a sync of six do not. */
    @Test
    void theTimeOfASyncIsLeftFreeInTheDowntimeLimit() throws Exception {
        ScriptedMemory memory = new ScriptedMemory(4000);
        RecordingSink sink = new RecordingSink(memory.manifest());
        memory.synced = () -> sink.nanos += 6 * sink.nanosPerPage;
        sink.between = (round, block, index) -> {
            if (round <= 2 && index < 8 - 2 * round) {
                memory.write(0, index, round + 1);
            }
        };

        migrate(memory, sink, TEN_PAGES, false);

        assertThat(sink.ended()).extracting(List::size).containsExactly(4000, 6, 4);
        assertThat(states.get(1).bytesPerSecond())
                .as("a sync is no part of the pipe")
                .isEqualTo(ScriptedMemory.PAGE_SIZE * 1_000_000L);
    }

    @Test
    void aSyncThatOutlastsTheDowntimeLimitEndsItWithTheGuestRunning() {
        ScriptedMemory memory = new ScriptedMemory(4000);
        RecordingSink sink = new RecordingSink(memory.manifest());
        memory.synced = () -> sink.nanos += 20_000_000;

        assertThatThrownBy(() -> migrate(memory, sink, LONG_PAUSE, false))
                .isInstanceOf(GuestException.class)
                .hasMessage(
                        "finding the pages that have changed takes 20 ms, and the guest may be paused for 10 ms only:"
                                + " give it a --downtime-limit of 40 or more");

        assertThat(memory.paused).isFalse();
        assertThat(sink.ended()).hasSize(Precopy.SYNC_TRIES);
    }

    @Test
    void oneSlowSyncIsNoReasonToEnd() throws Exception {
        ScriptedMemory memory = new ScriptedMemory(4000);
        RecordingSink sink = new RecordingSink(memory.manifest());
        memory.synced = () -> sink.nanos += sink.round() == 2 ? 20_000_000 : 0;

        migrate(memory, sink, LONG_PAUSE, false);

        assertThat(memory.paused).isTrue();
    }

    @Test
    void aGuestThatOutrunsThePipeIsThrottledStepByStepUntilItConverges() throws Exception {
        ScriptedMemory memory = new ScriptedMemory(1000);
        RecordingSink sink = new RecordingSink(memory.manifest());
        // Rewrites all that was sent, less what it is throttled by.
        sink.between = (round, block, index) -> {
            int throttle = memory.throttles.isEmpty() ? 0 : memory.throttles.get(memory.throttles.size() - 1);
            if (!memory.paused && index % 100 >= throttle) {
                memory.write(0, index, round + 1);
            }
        };

        migrate(memory, sink, TEN_PAGES, true);

        List<Integer> steps = memory.throttles.stream().distinct().toList();
        assertThat(steps).startsWith(0, 20, 30, 40, 50, 60).endsWith(99);
        assertThat(memory.throttles.get(memory.throttles.size() - 1)).isZero();
        assertThat(states.get(states.size() - 1).outrun()).isTrue();
        assertThat(sink.copy.get(0)).isEqualTo(memory.blocks.get(0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aGuestThatMayOrCanNotBeThrottledIsReportedAsOutrunAndRoundsGoOn(boolean autoConverge) {
        ScriptedMemory memory = new ScriptedMemory(100);
        memory.throttleable = !autoConverge;
        RecordingSink sink = new RecordingSink(memory.manifest());
        sink.between = (round, block, index) -> memory.write(0, index, round + 1);
        sink.closeAtRound = 50;

        assertThatThrownBy(() -> migrate(memory, sink, TEN_PAGES, autoConverge))
                .isInstanceOf(SinkClosedException.class);

        assertThat(memory.throttles).containsOnly(0);
        assertThat(memory.paused).isFalse();
        assertThat(states.get(1).outrun()).isFalse();
        assertThat(states.get(states.size() - 1).outrun()).isTrue();
        assertThat(states.get(states.size() - 1).dirtyBytesPerSecond())
                .isEqualTo(states.get(states.size() - 1).bytesPerSecond());
    }

    @Test
    void theThrottleIsTakenBackWhenTheSinkIsClosed() {
        ScriptedMemory memory = new ScriptedMemory(100);
        RecordingSink sink = new RecordingSink(memory.manifest());
        sink.between = (round, block, index) -> memory.write(0, index, round + 1);
        sink.closeAtRound = 8;

        assertThatThrownBy(() -> migrate(memory, sink, TEN_PAGES, true)).hasMessage("closed by the test");

        assertThat(memory.throttles).contains(20).endsWith(0);
    }

    @Test
    void aSecondMigrationOfTheSameGuestSendsEverythingAgain() throws Exception {
        ScriptedMemory memory = new ScriptedMemory(130);
        migrate(memory, new RecordingSink(memory.manifest()), LONG_PAUSE, false);
        RecordingSink second = new RecordingSink(memory.manifest());

        migrate(memory, second, LONG_PAUSE, false);

        assertThat(second.copy.get(0)).isEqualTo(memory.blocks.get(0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverTheGuestWritesTheCopyEqualsItsMemoryInTheEnd(long seed) throws Exception {
        Random random = new Random(seed);
        ScriptedMemory memory = new ScriptedMemory(1 + random.nextInt(300), 1 + random.nextInt(300), 64);
        RecordingSink sink = new RecordingSink(memory.manifest());
        sink.between = (round, block, index) -> {
            if (!memory.paused && random.nextInt(3) == 0) {
                int written = random.nextInt(3);
                memory.write(written, random.nextInt(memory.manifest().pages(written)), random.nextInt(4));
            }
        };

        migrate(memory, sink, TEN_PAGES, true);

        for (int block = 0; block < 3; block++) {
            assertThat(sink.copy.get(block))
                    .as("block %d, seed %d", block, seed)
                    .isEqualTo(memory.blocks.get(block));
        }
    }

    private void migrate(ScriptedMemory memory, RecordingSink sink, Duration downtimeLimit, boolean autoConverge)
            throws Exception {
        PrecopySettings settings = new PrecopySettings(downtimeLimit, autoConverge);
        new Precopy(memory, settings, states::add, () -> sink.nanos).migrate(sink);
    }
}
