package io.godwit.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a guest says of a move by QEMU's own means, which is known to be right: so it may judge moves by Godwit. The guest
 * goes to another QEMU and to a third one, heartbeat, memory and all.
 */
@Timeout(180)
final class QemuMoveTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final GuestSpec GUEST =
            GuestSpec.of(192, "hot=16M hot-fill=text text=24M random=16M writes=4000 sweep=40000 heartbeat=5");

    @TempDir
    private Path directory;

    @Test
    void aGuestThatQemuMovesTwiceGoesOnWithoutAHoleAndUncorrupted() throws Exception {
        GuestImages images = TestGuestImages.require();
        try (QemuGuest first = QemuGuest.boot(images, directory.resolve("1"), GUEST);
                QemuGuest second = QemuGuest.awaitIncoming(images, directory.resolve("2"), GUEST);
                QemuGuest third = QemuGuest.awaitIncoming(images, directory.resolve("3"), GUEST.withSharedMemory())) {
            first.console().awaitReady(PATIENCE);
            first.console().awaitWrites(4000, PATIENCE);

            move(first, second, directory.resolve("socket-1"));
            second.console().awaitFullCheck(PATIENCE);
            move(second, third, directory.resolve("socket-2"));
            third.console().awaitFullCheck(PATIENCE);

            GuestJourney journey = GuestJourney.through(first, second, third);
            assertThat(journey.fault()).isEmpty();
            for (int move = 1; move <= 2; move++) {
                assertThat(journey.pause(move).wall()).isLessThan(Duration.ofSeconds(5));
                // The clock of a guest stands still while it is paused.
                assertThat(journey.pause(move).guest())
                        .isLessThanOrEqualTo(journey.pause(move).wall().plusMillis(20));
            }
        }
    }

    @Test
    void aGuestWhoseSourceRunsOnBesideTheDestinationIsFoundOut() throws Exception {
        GuestImages images = TestGuestImages.require();
        try (QemuGuest source = QemuGuest.boot(images, directory.resolve("1"), GUEST);
                QemuGuest destination = QemuGuest.awaitIncoming(images, directory.resolve("2"), GUEST)) {
            source.console().awaitReady(PATIENCE);
            move(source, destination, directory.resolve("socket"));
            destination.console().awaitHeartbeats(20, PATIENCE);

            source.resume();
            source.console().awaitHeartbeats(20, PATIENCE);

            assertThat(GuestJourney.through(source, destination).fault())
                    .hasValueSatisfying(fault -> assertThat(fault).contains("was followed by"));
        }
    }

    /** The destination goes on by itself. */
    private static void move(QemuGuest source, QemuGuest destination, Path socket) throws IOException {
        Map<String, String> uri = Map.of("uri", "unix:" + socket);
        destination.qmp().execute("migrate-incoming", uri);
        destination.resume();
        source.qmp().execute("migrate", uri);
        await().atMost(PATIENCE).until(() -> {
            JsonNode migration = source.qmp().execute("query-migrate");
            assertThat(migration.path("status").asText())
                    .as(migration.toString())
                    .isNotEqualTo("failed");
            return destination.runState().equals("running");
        });
        assertThat(source.runState()).isEqualTo("postmigrate");
    }
}
