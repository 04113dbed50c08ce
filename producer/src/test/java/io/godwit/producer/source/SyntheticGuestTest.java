package io.godwit.producer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.precopy.PrecopyState;
import io.godwit.producer.precopy.SinkClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SyntheticGuestTest {
    private static final int PAGE_SIZE = SyntheticSpec.PAGE_SIZE;
    private static final PrecopySettings SETTINGS = new PrecopySettings(Duration.ofMillis(300), true);

    @Test
    void theSameSpecificationGivesTheSameMemoryAndAnotherSeedAnother() throws Exception {
        byte[] memory = memoryAtBoot("memory=8M,writes=0,seed=7");

        assertThat(memoryAtBoot("memory=8M,writes=0,seed=7")).isEqualTo(memory);
        assertThat(memoryAtBoot("memory=8M,writes=0,seed=8")).isNotEqualTo(memory);
    }

    @Test
    void theMixIsAboutWhatWasAskedFor() throws Exception {
        byte[] memory = memoryAtBoot("memory=64M,zero=40,text=20,random=10,repeat=30,writes=0");
        int pages = memory.length / PAGE_SIZE;
        int zero = 0;
        int letters = 0;
        Set<Integer> lettered = new HashSet<>();
        for (int page = 0; page < pages; page++) {
            byte[] bytes = Arrays.copyOfRange(memory, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
            if (Arrays.equals(bytes, new byte[PAGE_SIZE])) {
                zero++;
            } else if (isText(bytes)) {
                letters++;
                lettered.add(Arrays.hashCode(bytes));
            }
        }

        assertThat(100.0 * zero / pages).isCloseTo(40, within(4.0));
        assertThat(100.0 * letters / pages).isCloseTo(50, within(4.0));
        // Repeated pages are text too, but of 64 contents.
        assertThat(100.0 * (lettered.size() - 64) / pages).isCloseTo(20, within(4.0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aMigrationUnderWritesEndsInTheMemoryOfThePausedGuest(long seed) throws Exception {
        try (SyntheticGuest guest = guest("memory=32M,hot=4M,writes=200000,bytes=64,threads=3,seed=" + seed)) {
            guest.boot();
            awaitWrites(guest);
            CopySink sink = new CopySink(guest.manifest());
            List<PrecopyState> states = new ArrayList<>();

            guest.migrate(sink, SETTINGS, states::add);

            assertThat(states.get(states.size() - 1).paused()).isTrue();
            assertThat(sink.copy.get(0)).isEqualTo(read(guest));
        }
    }

    /** The hot set is dirty as a whole after every round of a slow pipe, until the throttle lets rounds shrink. */
    @Test
    void aGuestThatOutrunsASlowPipeIsThrottledUntilItConverges() throws Exception {
        try (SyntheticGuest guest = guest("memory=4M,hot=2M,writes=100000")) {
            CopySink sink = new CopySink(guest.manifest());
            sink.nanosPerPage = 50_000;
            List<PrecopyState> states = new ArrayList<>();

            guest.migrate(sink, new PrecopySettings(Duration.ofMillis(5), true), states::add);

            assertThat(states).extracting(PrecopyState::throttlePercent).contains(0, 20, 30);
            assertThat(states.get(states.size() - 1).outrun()).isTrue();
            assertThat(sink.copy.get(0)).isEqualTo(read(guest));
        }
    }

    @Test
    void aPausedGuestWritesNothingUntilItIsResumed() throws Exception {
        try (SyntheticGuest guest = guest("memory=8M,hot=1M,writes=100000")) {
            guest.migrate(new CopySink(guest.manifest()), SETTINGS, state -> {});
            byte[] paused = read(guest);
            assertThat(read(guest)).isEqualTo(paused);

            guest.resume();

            await().until(() -> !Arrays.equals(read(guest), paused));
        }
    }

    @Test
    void aGuestWhoseMigrationWasClosedRunsOnAndCanBeMigratedAgain() throws Exception {
        try (SyntheticGuest guest = guest("memory=8M,hot=1M,writes=100000")) {
            CopySink closed = new CopySink(guest.manifest());
            closed.closeAtRound = 1;
            assertThatThrownBy(() -> guest.migrate(closed, SETTINGS, state -> {}))
                    .isInstanceOf(SinkClosedException.class);
            guest.resume();
            awaitWrites(guest);
            CopySink sink = new CopySink(guest.manifest());

            guest.migrate(sink, SETTINGS, state -> {});

            assertThat(sink.copy.get(0)).isEqualTo(read(guest));
        }
    }

    @Test
    void onlyTheHotSetIsWritten() throws Exception {
        try (SyntheticGuest guest = guest("memory=8M,hot=64k,writes=1000000")) {
            guest.boot();
            byte[] atBoot = memoryAtBoot("memory=8M,hot=64k,writes=0");
            await().until(() -> changedPages(atBoot, read(guest)).size() == 16);
            List<Integer> changed = changedPages(atBoot, read(guest));

            assertThat(changed.get(15) - changed.get(0)).isEqualTo(15);
        }
    }

    @Test
    void theWholeMemoryMayBeHot() throws Exception {
        try (SyntheticGuest guest = guest("memory=64k,hot=64k,writes=100000,bytes=4096")) {
            CopySink sink = new CopySink(guest.manifest());

            guest.migrate(sink, SETTINGS, state -> {});

            assertThat(sink.copy.get(0)).isEqualTo(read(guest));
        }
    }

    private static void awaitWrites(SyntheticGuest guest) {
        byte[] before = read(guest);
        await().until(() -> !Arrays.equals(read(guest), before));
    }

    private static boolean isText(byte[] page) {
        for (byte letter : page) {
            if (letter != ' ' && (letter < 'a' || letter > 'z')) {
                return false;
            }
        }
        return true;
    }

    private static List<Integer> changedPages(byte[] before, byte[] after) {
        List<Integer> changed = new ArrayList<>();
        for (int at = 0; at < before.length; at += PAGE_SIZE) {
            if (!Arrays.equals(before, at, at + PAGE_SIZE, after, at, at + PAGE_SIZE)) {
                changed.add(at / PAGE_SIZE);
            }
        }
        return changed;
    }

    private static byte[] memoryAtBoot(String spec) throws Exception {
        try (SyntheticGuest guest = guest(spec)) {
            guest.boot();
            return read(guest);
        }
    }

    private static SyntheticGuest guest(String spec) throws Exception {
        return new SyntheticGuest(SyntheticSpec.parse(spec));
    }

    private static byte[] read(SyntheticGuest guest) {
        byte[] memory = new byte[(int) guest.manifest().totalBytes()];
        guest.read(0, 0, memory, 0, memory.length);
        return memory;
    }
}
