package io.godwit.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.cli.broker.BrokerOptions;
import io.godwit.cli.broker.EmbeddedBroker;
import io.godwit.client.ClientSettings;
import io.godwit.consumer.Destination;
import io.godwit.consumer.ReceiveException;
import io.godwit.consumer.ReceiveOptions;
import io.godwit.consumer.Receiver;
import io.godwit.producer.SendOptions;
import io.godwit.producer.SendReport;
import io.godwit.producer.Sender;
import io.godwit.producer.source.qemu.QemuSource;
import io.godwit.report.RoleReport;
import io.godwit.transformer.Transformer;
import io.godwit.transformer.TransformerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A running guest goes from QEMU to QEMU through real Kafka. */
@Timeout(240)
final class QemuReceiveTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final GuestSpec GUEST =
            GuestSpec.of(192, "hot=16M hot-fill=text text=24M random=16M writes=4000 sweep=40000 heartbeat=5");

    private final ExecutorService beside = Executors.newCachedThreadPool();
    private final GuestImages images = TestGuestImages.require();

    @TempDir
    private Path directory;

    private EmbeddedBroker broker;
    private ClientSettings clients;
    private Transformer transformer;

    @BeforeEach
    void startCluster() throws Exception {
        broker = EmbeddedBroker.start(new BrokerOptions(0, directory.resolve("log")));
        clients = ClientSettings.of(broker.bootstrapServers());
        transformer = new Transformer(TransformerConfig.of(clients, directory.resolve("state")));
        transformer.start();
    }

    @AfterEach
    void stopCluster() throws Exception {
        beside.shutdownNow();
        transformer.close();
        broker.close();
    }

    @Test
    void aGuestGoesToASharedFileAndOnToPrivateMemory() throws Exception {
        try (QemuGuest first = QemuGuest.boot(images, directory.resolve("1"), GUEST);
                QemuGuest second = QemuGuest.awaitIncoming(images, directory.resolve("2"), GUEST.withSharedMemory());
                QemuGuest third = QemuGuest.awaitIncoming(images, directory.resolve("3"), GUEST)) {
            first.console().awaitReady(PATIENCE);
            first.console().awaitWrites(4000, PATIENCE);

            move("there", first, second);
            second.console().awaitFullCheck(PATIENCE);
            move("on", second, third);
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
    void aDestinationThatDiesLeavesTheGuestAtItsSourceAndAnotherOneTakesItFromTheLog() throws Exception {
        try (QemuGuest source = QemuGuest.boot(images, directory.resolve("1"), GUEST);
                QemuGuest dead = QemuGuest.awaitIncoming(images, directory.resolve("2"), GUEST);
                QemuGuest destination = QemuGuest.awaitIncoming(images, directory.resolve("3"), GUEST)) {
            source.console().awaitReady(PATIENCE);
            Receiver doomed = receiver("guest", dead, "a");
            Future<RoleReport> dying = beside.submit(doomed::receive);
            Future<RoleReport> received = beside.submit(receiver("guest", destination, "b")::receive);
            Future<SendReport> sent = beside.submit(() -> send("guest", source));
            while (doomed.progress().pages().normal() < 1000) {
                Thread.onSpinWait();
            }
            dead.kill();

            assertThat(received.get().verified()).isTrue();
            assertThat(sent.get().summary().status()).isEqualTo(SendReport.COMPLETED);
            assertThatThrownBy(dying::get)
                    .hasCauseInstanceOf(ReceiveException.class)
                    .hasMessageContaining("is gone");
            destination.console().awaitFullCheck(PATIENCE);
            assertThat(GuestJourney.through(source, destination).fault()).isEmpty();
            assertThat(source.runState()).isEqualTo("postmigrate");
        }
    }

    private void move(String migration, QemuGuest source, QemuGuest destination) throws Exception {
        Future<RoleReport> received = beside.submit(receiver(migration, destination, "b")::receive);

        assertThat(send(migration, source).summary().status()).isEqualTo(SendReport.COMPLETED);

        assertThat(received.get().verified()).isTrue();
        assertThat(destination.runState()).isEqualTo("running");
    }

    private Receiver receiver(String migration, QemuGuest destination, String target) {
        Destination into = new Destination.Qemu(destination.agentSocket());
        return new Receiver(
                new ReceiveOptions(
                        migration, into, target, OptionalInt.empty(), false, 2, ReceiveOptions.Checkpoints.NONE),
                clients);
    }

    private SendReport send(String migration, QemuGuest source) throws Exception {
        SendOptions options = SendOptions.of(migration);
        try (QemuSource memory = QemuSource.connect(source.agentSocket(), options.precopy())) {
            return new Sender(options, memory, clients).send();
        }
    }
}
