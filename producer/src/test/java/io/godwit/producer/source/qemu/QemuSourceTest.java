package io.godwit.producer.source.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.producer.precopy.GuestException;
import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.source.MemorySource.Fate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against a QEMU that is made up, for what a real one does not do when it is wanted. */
@Timeout(60)
class QemuSourceTest {
    private static final PrecopySettings SETTINGS = new PrecopySettings(Duration.ofMillis(300), false);
    private static final int PREAMBLE_BYTES = 15;

    @TempDir
    private Path directory;

    private final Recorder sink = new Recorder();
    private FakeQemu qemu;

    @BeforeEach
    void start() throws IOException {
        qemu = new FakeQemu(directory);
    }

    @AfterEach
    void stop() throws IOException {
        qemu.close();
    }

    @Test
    void allIsPassedInOrderAndTheGuestIsLetGoOfOnlyThen() throws Exception {
        qemu.sends(100, true);
        try (QemuSource source = QemuSource.connect(qemu.socket(), SETTINGS)) {
            source.migrate(sink, SETTINGS, state -> {});

            assertThat(sink.calls)
                    .containsExactly(
                            "state " + PREAMBLE_BYTES,
                            "page 0 0",
                            "zeros 0 1 2",
                            "round",
                            "state " + (1 + 100 + 1 + 5 + 2) + " last");
            assertThat(source.fate()).isEqualTo(Fate.UNDECIDED);
            source.release();

            assertThat(qemu.runState).isEqualTo("postmigrate");
            assertThat(source.fate()).isEqualTo(Fate.RELEASED);
            source.resume();
        }
        assertThat(qemu.runState).as("what was released stays so").isEqualTo("postmigrate");
        assertThat(QemuSource.fateAt(qemu.socket())).isEqualTo(Fate.RELEASED);
    }

    @Test
    void aMachineWithoutADescriptionHasEndedOnceItWaits() throws Exception {
        qemu.sends(100, false);
        try (QemuSource source = QemuSource.connect(qemu.socket(), SETTINGS)) {
            source.migrate(sink, SETTINGS, state -> {});

            assertThat(sink.calls).last().isEqualTo("state 102 last");
        }
    }

    @Test
    void whatIsSetForTheMigrationIsSetBack() throws Exception {
        qemu.sends(10, true);
        qemu.capabilities.put("xbzrle", true);
        qemu.capabilities.put("multifd", true);
        qemu.parameters.put("downtime-limit", 77L);
        try (QemuSource source = QemuSource.connect(qemu.socket(), SETTINGS)) {
            source.manifest();

            assertThat(qemu.capabilities)
                    .containsEntry("xbzrle", false)
                    .containsEntry("multifd", false)
                    .containsEntry("return-path", true)
                    .containsEntry("switchover-ack", true);
            // Less than a page: no dirty sync before all of the bitmap was sent.
            assertThat(qemu.parameters)
                    .containsEntry("downtime-limit", 1L)
                    .containsEntry("avail-switchover-bandwidth", 1_000_000L);
            assertThat(qemu.parameters.get("max-bandwidth")).isGreaterThan(1L << 39);
        }
        assertThat(qemu.capabilities)
                .containsEntry("xbzrle", true)
                .containsEntry("multifd", true)
                .containsEntry("return-path", false);
        assertThat(qemu.parameters)
                .containsEntry("downtime-limit", 77L)
                .containsEntry("max-bandwidth", 134_217_728L)
                .containsEntry("avail-switchover-bandwidth", 0L);
    }

    @Test
    void aGuestThatIsNotGivenAwayRunsOnAndNothingIsLeftBehind() throws Exception {
        qemu.sends(100, true);
        long before = temporaryDirectories();
        try (QemuSource source = QemuSource.connect(qemu.socket(), SETTINGS)) {
            source.migrate(sink, SETTINGS, state -> {});
            assertThat(qemu.runState).isEqualTo("finish-migrate");

            source.resume();

            assertThat(qemu.runState).isEqualTo("running");
            assertThat(source.fate()).isEqualTo(Fate.RUNNING);
        }
        assertThat(temporaryDirectories()).isEqualTo(before);
    }

    @Test
    void anInterruptedThreadStillLetsTheGuestRunOn() throws Exception {
        qemu.sends(100, true);
        try (QemuSource source = QemuSource.connect(qemu.socket(), SETTINGS)) {
            source.migrate(sink, SETTINGS, state -> {});
            Thread.currentThread().interrupt();

            source.resume();

            assertThat(Thread.interrupted()).isTrue();
            assertThat(qemu.runState).isEqualTo("running");
        }
    }

    @Test
    void anInterruptWhileTheStreamIsReadIsOne() throws Exception {
        qemu.sends(2 << 20, true);
        try (QemuSource source = QemuSource.connect(qemu.socket(), SETTINGS)) {
            source.manifest();
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> source.migrate(sink, SETTINGS, state -> {}))
                    .isInstanceOf(InterruptedException.class);

            assertThat(Thread.interrupted()).isFalse();
            source.resume();
            assertThat(qemu.runState).isEqualTo("running");
        }
    }

    @Test
    void aStreamThatBreaksOffIsToldWithQemusWord() throws Exception {
        qemu.sends(100, true);
        qemu.breaksOffAfter = 3000;
        try (QemuSource source = QemuSource.connect(qemu.socket(), SETTINGS)) {
            assertThatThrownBy(() -> source.migrate(sink, SETTINGS, state -> {}))
                    .isInstanceOf(GuestException.class)
                    .hasMessageContaining("QEMU ended its migration (failed)");
        }
    }

    @Test
    void aGuestThatCannotBeMigratedIsRefusedWithQemusReason() {
        qemu.blocked = ", \"blocked-reasons\": [\"The qcow format used by node 'x' does not support live migration\"]";

        assertThatThrownBy(() -> QemuSource.connect(qemu.socket(), SETTINGS))
                .hasMessageContaining("cannot migrate this guest: The qcow format");
    }

    @Test
    void aQemuInAnotherStateIsRefusedAndOneThatMigratesAlready() {
        qemu.runState = "inmigrate";
        assertThatThrownBy(() -> QemuSource.connect(qemu.socket(), SETTINGS))
                .hasMessageContaining("in state inmigrate, not running or paused: it waits for a guest");

        qemu.runState = "running";
        qemu.status = "active";
        assertThatThrownBy(() -> QemuSource.connect(qemu.socket(), SETTINGS))
                .hasMessageContaining("has a migration under way (active)");
    }

    @Test
    void aGuestThatHasLeftCanOnlyBeAskedAbout() throws Exception {
        qemu.runState = "postmigrate";
        qemu.status = "completed";
        try (QemuSource source = QemuSource.connect(qemu.socket(), SETTINGS)) {
            assertThat(source.fate()).isEqualTo(Fate.RELEASED);
            assertThatThrownBy(source::manifest).hasMessageContaining("its guest has moved away");
        }
    }

    private static long temporaryDirectories() throws IOException {
        try (Stream<Path> entries = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return entries.filter(entry -> Files.exists(entry.resolve("migration")))
                    .count();
        }
    }

    /** Notes what is passed. */
    private static final class Recorder implements PageSink {
        private final List<String> calls = new ArrayList<>();

        @Override
        public boolean page(int block, int index, ByteBuffer memory, int position) {
            assertThat(memory.get(position + 4095)).isEqualTo((byte) 9);
            calls.add("page " + block + " " + index);
            return true;
        }

        @Override
        public void zeroPages(int block, int first, int count) {
            calls.add("zeros " + block + " " + first + " " + count);
        }

        @Override
        public void endRound() {
            calls.add("round");
        }

        @Override
        public void checkOpen() {}

        @Override
        public void awaitCarried() {}

        @Override
        public void awaitCarried(int round) {}

        @Override
        public void deviceState(byte[] chunk, boolean last) {
            calls.add("state " + chunk.length + (last ? " last" : ""));
        }
    }
}
