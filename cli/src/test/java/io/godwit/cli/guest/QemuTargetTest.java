package io.godwit.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.consumer.qemu.QemuTarget;
import io.godwit.consumer.sink.OpenTarget;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.source.qemu.QemuSource;
import io.godwit.record.Manifest;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.topic.Lanes;
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
                System.err.println("pause " + journey.pause(move));
                assertThat(journey.pause(move).wall()).isLessThan(Duration.ofSeconds(5));
            }
            assertThat(first.runState()).isEqualTo("postmigrate");
            assertThat(second.runState()).isEqualTo("postmigrate");
        }
    }

    private static void move(QemuGuest source, QemuGuest destination) throws Exception {
        long begin = System.nanoTime();
        try (QemuSource memory = QemuSource.connect(source.agentSocket(), SETTINGS);
                QemuTarget target = QemuTarget.claim(destination.agentSocket(), "guest")) {
            Manifest manifest = memory.manifest();
            try (OpenTarget open = target.create(start(manifest))) {
                memory.migrate(new DirectPipe(open.sink(), () -> {}), SETTINGS, state -> {});
                long end = System.nanoTime();
                open.sink().complete(true);
                System.err.println("load " + (System.nanoTime() - end) / 1000 + " us");
                assertThat(destination.runState()).isEqualTo("paused");
                end = System.nanoTime();
                memory.release();
                System.err.println("release " + (System.nanoTime() - end) / 1000 + " us");
                end = System.nanoTime();
                target.continueGuest();
                System.err.println("continue " + (System.nanoTime() - end) / 1000 + " us");
            }
        }
        System.err.println("move " + (System.nanoTime() - begin) / 1000000 + " ms");
        assertThat(destination.runState()).isEqualTo("running");
    }

    private static StreamStart start(Manifest manifest) {
        return new StreamStart("stream", manifest, 1, Lanes.STRIPE_PAGES, List.of(), "qemu", 0);
    }
}
