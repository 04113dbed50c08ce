package io.godwit.cli.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.consumer.qemu.GuestRestore;
import io.godwit.consumer.qemu.IncomingQemuException;
import io.godwit.consumer.qemu.QemuTarget;
import io.godwit.consumer.sink.OpenTarget;
import io.godwit.consumer.sink.TargetDirectory;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.source.qemu.QemuSource;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.topic.Lanes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real guest goes into a real QEMU, straight from the source agent's half to the destination agent's. */
@Timeout(240)
final class QemuTargetTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final GuestSpec GUEST =
            GuestSpec.of(192, "hot=16M hot-fill=text text=24M random=16M writes=4000 sweep=40000 heartbeat=5");
    private static final PrecopySettings SETTINGS = new PrecopySettings(Duration.ofMillis(300), false);

    @TempDir
    private Path directory;

    private final GuestImages images = TestGuestImages.require();

    @Test
    void aGuestMovesIntoPrivateMemoryIntoASharedFileAndIntoOneThatHeldAnotherGuest() throws Exception {
        Path secondHost = directory.resolve("2");
        try (QemuGuest first = QemuGuest.boot(images, directory.resolve("1"), GUEST);
                QemuGuest second = QemuGuest.awaitIncoming(images, secondHost, GUEST);
                QemuGuest third = QemuGuest.awaitIncoming(images, directory.resolve("3"), GUEST.withSharedMemory())) {
            first.console().awaitReady(PATIENCE);
            first.console().awaitWrites(4000, PATIENCE);

            move(first, second);
            second.console().awaitFullCheck(PATIENCE);
            move(second, third);
            third.console().awaitFullCheck(PATIENCE);

            GuestJourney journey = GuestJourney.through(first, second, third);
            assertThat(journey.fault()).isEmpty();
            for (int move = 1; move <= 2; move++) {
                assertThat(journey.pause(move).wall()).isLessThan(Duration.ofSeconds(5));
            }
            assertThat(first.runState()).isEqualTo("postmigrate");
            assertThat(second.runState()).isEqualTo("postmigrate");
        }
    }

    @Test
    void aGuestSuspendedIntoADirectoryIsContinuedInQemusWithPrivateAndWithSharedMemory() throws Exception {
        Path suspended = directory.resolve("suspended");
        try (QemuGuest first = QemuGuest.boot(images, directory.resolve("1"), GUEST);
                QemuGuest second = QemuGuest.awaitIncoming(images, directory.resolve("2"), GUEST);
                QemuGuest third = QemuGuest.awaitIncoming(images, directory.resolve("3"), GUEST.withSharedMemory())) {
            first.console().awaitReady(PATIENCE);
            first.console().awaitWrites(4000, PATIENCE);
            suspend(first, suspended);

            new GuestRestore(suspended, second.agentSocket()).restore();
            new GuestRestore(suspended, third.agentSocket()).restore();

            second.console().awaitFullCheck(PATIENCE);
            third.console().awaitFullCheck(PATIENCE);
            assertThat(GuestJourney.through(first, second).fault()).isEmpty();
            assertThat(GuestJourney.through(first, third).fault()).isEmpty();
        }
    }

    @Test
    void whatCannotTakeTheGuestIsToldApartBeforeItsSourceLetsGo() throws Exception {
        GuestSpec larger = GuestSpec.of(256, GUEST.workload());
        try (QemuGuest source = QemuGuest.boot(images, directory.resolve("1"), GUEST);
                QemuGuest tooLarge = QemuGuest.awaitIncoming(images, directory.resolve("2"), larger);
                QemuGuest killed = QemuGuest.awaitIncoming(images, directory.resolve("3"), GUEST)) {
            source.console().awaitReady(PATIENCE);

            assertThatThrownBy(() -> QemuTarget.claim(source.agentSocket(), "guest"))
                    .isInstanceOf(IncomingQemuException.class)
                    .hasMessageContaining("is running and does not wait for a guest: start it with -incoming defer -S");
            assertThatThrownBy(() -> QemuTarget.claim(directory.resolve("nothing"), "guest"))
                    .isInstanceOf(IncomingQemuException.class)
                    .hasMessageContaining("no QEMU listens at");
            assertThatThrownBy(() -> move(source, tooLarge))
                    .isInstanceOf(IncomingQemuException.class)
                    .hasMessageContaining(
                            "RAM block pc.ram has 201326592 bytes at the source, 268435456 at the QEMU at");
            assertThat(tooLarge.runState()).isEqualTo("inmigrate");
            assertThatThrownBy(() -> move(source, killed, killed::kill)).hasMessageContaining("is gone");

            source.console().awaitHeartbeats(20, PATIENCE);
            source.console().awaitFullCheck(PATIENCE);
            assertThat(GuestJourney.through(source).fault()).isEmpty();
            assertThat(source.runState()).isEqualTo("running");
        }
    }

    @Test
    void aGuestOfAnotherMachineTypeIsRefusedByBothNames() throws Exception {
        try (QemuGuest destination = QemuGuest.awaitIncoming(images, directory.resolve("1"), GUEST.withSharedMemory());
                QemuTarget target = QemuTarget.claim(destination.agentSocket(), "guest");
                OpenTarget open = target.create(start(new Manifest(
                        Manifest.DEFAULT_PAGE_SIZE,
                        List.of(new RamBlock("pc.ram", (long) GUEST.memoryMebibytes() << 20)))))) {
            byte[] machine = "pc-q35-9.0".getBytes(US_ASCII);
            ByteBuffer preamble = ByteBuffer.allocate(13 + machine.length);
            preamble.putInt(0x5145564d)
                    .putInt(3)
                    .put((byte) 7)
                    .putInt(machine.length)
                    .put(machine);

            assertThatThrownBy(() -> open.sink().writeDeviceState(0, preamble.array()))
                    .isInstanceOf(IncomingQemuException.class)
                    .hasMessageContaining("the guest's machine type is pc-q35-9.0, that of the QEMU at")
                    .hasMessageContaining("start it with -machine pc-q35-9.0");
        }
    }

    private static void suspend(QemuGuest source, Path into) throws Exception {
        try (QemuSource memory = QemuSource.connect(source.agentSocket(), SETTINGS);
                TargetDirectory target = TargetDirectory.claim(into, "guest");
                OpenTarget open = target.create(start(memory.manifest()))) {
            memory.migrate(new DirectPipe(open.sink(), () -> {}), SETTINGS, state -> {});
            open.sink().complete(true);
            memory.release();
        }
    }

    private static void move(QemuGuest source, QemuGuest destination) throws Exception {
        move(source, destination, () -> {});
    }

    private static void move(QemuGuest source, QemuGuest destination, Runnable atRoundEnd) throws Exception {
        try (QemuSource memory = QemuSource.connect(source.agentSocket(), SETTINGS);
                QemuTarget target = QemuTarget.claim(destination.agentSocket(), "guest")) {
            Manifest manifest = memory.manifest();
            try (OpenTarget open = target.create(start(manifest))) {
                memory.migrate(new DirectPipe(open.sink(), atRoundEnd), SETTINGS, state -> {});
                open.sink().prepare(true);
                assertThat(destination.runState()).isEqualTo("paused");
                memory.release();
                open.sink().complete(true);
            }
        }
        assertThat(destination.runState()).isEqualTo("running");
    }

    private static StreamStart start(Manifest manifest) {
        return new StreamStart("stream", manifest, 1, Lanes.STRIPE_PAGES, List.of(), "qemu", 0);
    }
}
