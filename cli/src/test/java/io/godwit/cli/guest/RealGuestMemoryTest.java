package io.godwit.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.cli.broker.BrokerOptions;
import io.godwit.cli.broker.EmbeddedBroker;
import io.godwit.client.ClientSettings;
import io.godwit.consumer.ReceiveOptions;
import io.godwit.consumer.Receiver;
import io.godwit.producer.SendOptions;
import io.godwit.producer.SendReport;
import io.godwit.producer.Sender;
import io.godwit.producer.source.FollowedDirectory;
import io.godwit.producer.source.RamDirectorySource;
import io.godwit.ramdir.RamDirectory;
import io.godwit.report.RoleReport;
import io.godwit.transformer.Transformer;
import io.godwit.transformer.TransformerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The memory of a real Linux guest, which nobody here made up, goes through real Kafka. */
@Timeout(240)
final class RealGuestMemoryTest {

    private static final GuestSpec GUEST = GuestSpec.of(
                    256, "hot=64M text=24M random=8M repeat=16M writes=4000 sweep=40000")
            .withSharedMemory();
    /** More than all the guest's pages but the hot ones come to, wherever Linux has put them. */
    private static final long ENOUGH_TO_HOLD_HOT_PAGES = 64 << 20;

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final SendOptions OPTIONS = SendOptions.of("linux-guest");

    private final ExecutorService beside = Executors.newCachedThreadPool();

    @TempDir
    private Path directory;

    private EmbeddedBroker broker;
    private ClientSettings clients;
    private QemuGuest guest;

    @BeforeEach
    void startGuestAndBroker() throws Exception {
        guest = QemuGuest.boot(TestGuestImages.require(), directory.resolve("guest"), GUEST);
        broker = EmbeddedBroker.start(new BrokerOptions(0, directory.resolve("log")));
        clients = ClientSettings.of(broker.bootstrapServers());
        guest.console().awaitReady(PATIENCE);
        guest.console().awaitWrites(4000, PATIENCE);
        guest.pause();
    }

    @AfterEach
    void stop() throws Exception {
        beside.shutdownNow();
        if (broker != null) {
            broker.close();
        }
        if (guest != null) {
            guest.close();
        }
    }

    @Test
    void theMemoryOfAPausedLinuxGuestArrivesByteForByteAtAWaitingAndAtALateTarget() throws Exception {
        Path waitingTarget = directory.resolve("waiting");
        RoleReport sent;
        try (Transformer transformer = startTransformer()) {
            Future<RoleReport> waiting = beside.submit(receiving(waitingTarget));
            sent = send(OPTIONS).summary();
            assertArrived(sent, waiting.get(), waitingTarget);
            assertThat(transformer.progress().refusedRecords()).isZero();
        }

        // Replayed from the log alone: the transformer is gone.
        Path lateTarget = directory.resolve("late");
        assertArrived(sent, receiving(lateTarget).call(), lateTarget);
    }

    @Test
    void aGuestThatRanOnAfterAnInterruptedAttemptIsSentAgainAndArrivesAsItIsNow() throws Exception {
        Path target = directory.resolve("target");
        try (Transformer transformer = startTransformer()) {
            Future<RoleReport> waiting = beside.submit(receiving(target));
            assertThat(sendAndStopAfter(ENOUGH_TO_HOLD_HOT_PAGES).summary().status())
                    .isEqualTo(SendReport.INTERRUPTED);
            guest.resume();
            guest.console().awaitWrites(8000, PATIENCE);
            guest.pause();

            SendReport sent = send(OPTIONS);

            RoleReport received = waiting.get();
            assertThat(sent.attempt()).isEqualTo(2);
            assertArrived(sent.summary(), received, target);
            // Of what the first attempt sent, only what the guest changed since is sent again, as deltas.
            assertThat(received.pages().unchanged()).isPositive();
            assertThat(received.pages().xbzrle()).isPositive();
            assertThat(transformer.progress().refusedRecords()).isZero();
        }
        guest.resume();
        guest.console().awaitFullCheck(PATIENCE);
        assertThat(guest.console().corruptions()).isEmpty();
    }

    @Test
    void aGuestThatRunsIsFollowedAndArrivesAsItStoodWhenItWasPaused() throws Exception {
        Path target = directory.resolve("target");
        guest.resume();
        try (Transformer transformer = startTransformer();
                FollowedDirectory memory =
                        new FollowedDirectory(guest.ramDirectory().path(), freezeCommand(), thawCommand())) {
            Future<RoleReport> waiting = beside.submit(receiving(target));
            RoleReport sent = new Sender(OPTIONS.withDowntimeLimit(Duration.ofSeconds(2)), memory, clients)
                    .send()
                    .summary();

            assertThat(sent.status()).isEqualTo(SendReport.COMPLETED);
            assertThat(sent.rounds()).isGreaterThan(1);
            assertArrived(sent, waiting.get(), target);
            assertThat(transformer.progress().refusedRecords()).isZero();

            // Nothing but the pause was done to it.
            memory.resume();
            guest.console().awaitFullCheck(PATIENCE);
            assertThat(guest.console().corruptions()).isEmpty();
        }
    }

    /** Stops QEMU as a whole, virtual CPUs included, whoever holds its monitor. */
    private String freezeCommand() {
        long pid = guest.process().pid();
        return "kill -STOP " + pid + "; while grep -h '^State:' /proc/" + pid
                + "/task/*/status | grep -qv stopped; do :; done";
    }

    private String thawCommand() {
        return "kill -CONT " + guest.process().pid();
    }

    private Transformer startTransformer() throws Exception {
        Transformer transformer = new Transformer(TransformerConfig.of(clients, directory.resolve("state")));
        transformer.start();
        return transformer;
    }

    private SendReport send(SendOptions options) throws Exception {
        try (RamDirectorySource memory =
                new RamDirectorySource(guest.ramDirectory().path())) {
            SendReport report = new Sender(options, memory, clients).send();
            assertThat(report.summary().status()).isEqualTo(SendReport.COMPLETED);
            assertThat(report.warnings()).isEmpty();
            return report;
        }
    }

    private SendReport sendAndStopAfter(long wireBytes) throws Exception {
        try (RamDirectorySource memory =
                new RamDirectorySource(guest.ramDirectory().path())) {
            Sender sender = new Sender(OPTIONS.withMaxBandwidth(16 << 20), memory, clients);
            Future<SendReport> sending = beside.submit(sender::send);
            await().atMost(PATIENCE).until(() -> sender.progress().wireBytes() >= wireBytes);
            sender.stop();
            return sending.get();
        }
    }

    private Callable<RoleReport> receiving(Path target) {
        return () -> new Receiver(ReceiveOptions.of(OPTIONS.migration(), target), clients).receive();
    }

    private void assertArrived(RoleReport sent, RoleReport received, Path target) throws Exception {
        RamDirectory source = guest.ramDirectory();
        RamDirectory copy = RamDirectory.open(target);
        assertThat(copy.manifest()).isEqualTo(source.manifest());
        assertThat(Files.mismatch(source.files().get(0), copy.files().get(0))).isEqualTo(-1);
        assertThat(received.verified()).isTrue();
        assertThat(received.digest()).isEqualTo(sent.digest());
        // The hot and the random region cannot be made smaller; of the rest most is zero or text.
        assertThat(received.bytes().wire()).isBetween(72L << 20, 144L << 20);
    }
}
