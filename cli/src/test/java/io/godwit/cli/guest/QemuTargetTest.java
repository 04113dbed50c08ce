package io.godwit.cli.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.codec.ZeroPage;
import io.godwit.consumer.qemu.GuestRestore;
import io.godwit.consumer.qemu.IncomingQemuException;
import io.godwit.consumer.qemu.QemuTarget;
import io.godwit.consumer.sink.OpenTarget;
import io.godwit.consumer.sink.TargetDirectory;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.source.qemu.QemuSource;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.topic.Lanes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
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
    private static final RamBlock RAM = new RamBlock("pc.ram", (long) GUEST.memoryMebibytes() << 20);
    private static final PrecopySettings SETTINGS = new PrecopySettings(Duration.ofMillis(300), false);

    @TempDir
    private Path directory;

    private final GuestImages images = TestGuestImages.require();

    @Test
    void aGuestMovesIntoPrivateMemoryIntoASharedFileAndIntoOneThatHeldAnotherGuest() throws Exception {
        Path thirdHost = directory.resolve("3");
        fillMemoryOf(thirdHost);
        try (QemuGuest first = QemuGuest.boot(images, directory.resolve("1"), GUEST);
                QemuGuest second = QemuGuest.awaitIncoming(images, directory.resolve("2"), GUEST);
                QemuGuest third = QemuGuest.awaitIncoming(images, thirdHost, GUEST.withSharedMemory())) {
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
    void aSharedFileIsEmptiedUnderAWaitingQemuAndAGuestOfAnotherMachineTypeRefused() throws Exception {
        Path host = directory.resolve("1");
        Path memory = fillMemoryOf(host);
        Manifest manifest = new Manifest(Manifest.DEFAULT_PAGE_SIZE, List.of(RAM));
        try (QemuGuest destination = QemuGuest.awaitIncoming(images, host, GUEST.withSharedMemory());
                QemuTarget target = QemuTarget.claim(destination.agentSocket(), "guest");
                OpenTarget open = target.create(start(manifest))) {
            assertThat(memory).hasSize(RAM.length());
            try (InputStream input = Files.newInputStream(memory)) {
                for (byte[] some = input.readNBytes(1 << 20); some.length > 0; some = input.readNBytes(1 << 20)) {
                    assertThat(ZeroPage.isZero(some, 0, some.length)).isTrue();
                }
            }
            assertThat(destination.runState()).isEqualTo("inmigrate");

            byte[] machine = "pc-q35-9.0".getBytes(US_ASCII);
            ByteBuffer preamble = ByteBuffer.allocate(13 + machine.length);
            preamble.putInt(0x5145564d).putInt(3).put((byte) 7).putInt(machine.length);
            preamble.put(machine);
            assertThatThrownBy(() -> open.sink().writeDeviceState(0, preamble.array()))
                    .isInstanceOf(IncomingQemuException.class)
                    .hasMessageContaining("the guest's machine type is pc-q35-9.0, that of the QEMU at")
                    .hasMessageContaining("start it with -machine pc-q35-9.0");
        }
    }

    @Test
    void aGuestThatWasPausedAtItsSourceStaysPausedUntilItIsContinued() throws Exception {
        try (QemuGuest source = QemuGuest.boot(images, directory.resolve("1"), GUEST);
                QemuGuest destination = QemuGuest.awaitIncoming(images, directory.resolve("2"), GUEST)) {
            source.console().awaitReady(PATIENCE);
            source.pause();

            move(source, destination);

            assertThat(destination.runState()).isEqualTo("paused");
            destination.resume();
            destination.console().awaitFullCheck(PATIENCE);
            assertThat(GuestJourney.through(source, destination).fault()).isEmpty();
        }
    }

    /** What an earlier guest left in the file that is to be a guest's memory. */
    private static Path fillMemoryOf(Path host) throws IOException {
        Path ram = Files.createDirectories(host.resolve("ram"));
        RamDirectory memory = RamDirectory.layOut(ram, new Manifest(Manifest.DEFAULT_PAGE_SIZE, List.of(RAM)));
        byte[] mebibyte = new byte[1 << 20];
        Arrays.fill(mebibyte, (byte) 0xa5);
        try (OutputStream file = Files.newOutputStream(memory.files().get(0))) {
            for (int i = 0; i < GUEST.memoryMebibytes(); i++) {
                file.write(mebibyte);
            }
        }
        return memory.files().get(0);
    }

    private static void suspend(QemuGuest source, Path into) throws Exception {
        try (QemuSource memory = QemuSource.connect(source.agentSocket(), SETTINGS);
                TargetDirectory target = TargetDirectory.claim(into, "guest");
                OpenTarget open = target.create(start(memory.manifest()))) {
            memory.migrate(new DirectPipe(open.sink(), open.manifest(), () -> {}), SETTINGS, state -> {});
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
                memory.migrate(new DirectPipe(open.sink(), open.manifest(), atRoundEnd), SETTINGS, state -> {});
                open.sink().prepare(true);
                assertThat(destination.runState()).isEqualTo("paused");
                memory.release();
                open.sink().complete(true);
            }
        }
    }

    private static StreamStart start(Manifest manifest) {
        return new StreamStart("stream", manifest, 1, Lanes.STRIPE_PAGES, List.of(), "qemu", 0);
    }
}
