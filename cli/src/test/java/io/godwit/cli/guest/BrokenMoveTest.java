package io.godwit.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.pipeline.Background;
import io.godwit.cli.pipeline.Cluster;
import io.godwit.cli.pipeline.RoleProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A move that is broken off, refused or held up leaves a real guest at its source, which can be moved again. */
@Timeout(240)
final class BrokenMoveTest {
    /** All of it takes some seconds. */
    private static final String SLOWLY = "--max-bandwidth=6M";

    private static final String SHORT_PATIENCE = "--patience=5s";

    @TempDir
    static Path directory;

    private static GuestHosts hosts;

    @BeforeAll
    static void start() throws Exception {
        hosts = GuestHosts.start(directory, GuestHosts.CALM);
    }

    @AfterEach
    void clear() throws Exception {
        hosts.clear();
    }

    @AfterAll
    static void stop() throws Exception {
        hosts.close();
    }

    @Test
    void kafkaThatIsAwayForAWhileIsWaitedFor() throws Exception {
        hosts.source();
        QemuGuest destination = hosts.awaitIncoming();
        Background<Cluster.Command> target = hosts.receive("away", destination, "--target", "host");
        Background<Cluster.Command> sending = hosts.send("away", SLOWLY, "--patience=60s");
        hosts.awaitTarget("away", "host", 0);
        hosts.cluster().stopBroker();
        hosts.assertStayed();
        hosts.cluster().startBroker();

        GuestHosts.assertOk(sending.get());
        GuestHosts.assertOk(target.get());
        hosts.assertMovedTo(destination);
    }

    @Test
    void kafkaThatIsOutOfReachForTooLongInBulkLeavesTheGuestAtItsSource() throws Exception {
        hosts.source();
        QemuGuest destination = hosts.awaitIncoming();
        Background<Cluster.Command> target = hosts.receive("lost", destination, "--target", "host");
        Background<Cluster.Command> sending = hosts.send("lost", SLOWLY, SHORT_PATIENCE);
        hosts.awaitTarget("lost", "host", 0);
        assertLostKafka("migration lost could not be sent: Kafka at ", sending);

        GuestHosts.assertOk(hosts.send("lost").get());
        GuestHosts.assertOk(target.get());
        hosts.assertMovedTo(destination);
    }

    @Test
    void kafkaThatIsOutOfReachForTooLongWhileTheGuestStandsStillLeavesItAtItsSource() throws Exception {
        hosts.source();
        QemuGuest destination = hosts.awaitIncomingShared();
        Background<Cluster.Command> target = hosts.receive("stuck", destination, "--target", "host");
        Background<Cluster.Command> sending = hosts.send("stuck", SLOWLY, "--patience=15s");
        hosts.awaitTarget("stuck", "host", 0);
        GuestHosts.freeze(destination);
        hosts.awaitStandstill("stuck");
        assertLostKafka("not ready within 15 s (--patience); see that Kafka, ", sending);

        QemuGuest fresh = hosts.awaitIncoming();
        Background<Cluster.Command> again = hosts.receive("stuck", fresh, "--target", "fresh");
        GuestHosts.assertOk(hosts.send("stuck", "--target", "fresh").get());
        GuestHosts.thaw(destination);
        GuestHosts.assertOk(again.get());
        assertThat(target.get().status()).isEqualTo(1);
        hosts.assertMovedTo(fresh);
    }

    @Test
    void aSignalInBulkLeavesTheGuestAtItsSource() throws Exception {
        hosts.source();
        RoleProcess target = hosts.receiveProcess("interrupted", hosts.awaitIncoming(), "--target", "host");
        RoleProcess sender = hosts.sendProcess("interrupted", SLOWLY);
        hosts.awaitTarget("interrupted", "host", 0);
        sender.signal("INT");

        assertThat(sender.awaitExit()).isEqualTo(130);
        assertThat(hosts.view("interrupted").handover().isGivenUp()).isTrue();
        assertThat(target.isAlive()).isTrue();
        hosts.assertStayed();
    }

    @Test
    void aSignalWhileTheGuestStandsStillLeavesItAtItsSource() throws Exception {
        hosts.source();
        QemuGuest destination = hosts.awaitIncomingShared();
        Background<Cluster.Command> target = hosts.receive("terminated", destination, "--target", "host");
        RoleProcess sender = hosts.sendProcess("terminated", SLOWLY);
        hosts.awaitTarget("terminated", "host", 0);
        GuestHosts.freeze(destination);
        hosts.awaitStandstill("terminated");
        sender.signal("TERM");

        assertThat(sender.awaitExit()).isEqualTo(143);
        GuestHosts.thaw(destination);
        assertWithdrawn(target.get());
        hosts.assertStayed();
    }

    @Test
    void aMoveIsCancelledWhileTheGuestStandsStill() throws Exception {
        hosts.source();
        QemuGuest destination = hosts.awaitIncomingShared();
        Background<Cluster.Command> target = hosts.receive("cancelled", destination, "--target", "host");
        Background<Cluster.Command> sending = hosts.send("cancelled", SLOWLY);
        hosts.awaitTarget("cancelled", "host", 0);
        GuestHosts.freeze(destination);
        hosts.awaitStandstill("cancelled");

        Cluster.Command cancel = hosts.cluster().run("cancel", "cancelled");
        GuestHosts.assertOk(cancel);
        assertThat(cancel.out()).contains("was cancelled: the guest is at its source");
        assertThat(sending.get().status()).isEqualTo(1);
        GuestHosts.thaw(destination);
        assertWithdrawn(target.get());
        hosts.assertStayed();
    }

    @Test
    void aDestinationWithLessMemoryOrOfAnotherMachineTypeIsRefused() throws Exception {
        hosts.source();
        GuestSpec larger = GuestSpec.of(192, GuestHosts.CALM.workload());
        assertRefused(
                "larger",
                hosts.awaitIncoming(hosts.newHost(), larger),
                "RAM block pc.ram has 134217728 bytes at the source, 201326592 at the QEMU at");
        GuestSpec older = GuestHosts.CALM.withOptions("-machine", "pc-i440fx-9.2");
        assertRefused("older", hosts.awaitIncoming(hosts.newHost(), older), "that of the QEMU at");
    }

    @Test
    void aGuestThatIsForAnotherTargetIsNotPaused() throws Exception {
        QemuGuest source = hosts.source();
        RoleProcess target = hosts.receiveProcess("mine", hosts.awaitIncoming(), "--target", "host");
        Background<Cluster.Command> sending = hosts.send("mine", "--target", "another", SHORT_PATIENCE);

        Cluster.Command failed = sending.get();
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.message())
                .contains("no target another receives migration mine: start godwit receive mine --target another");
        assertThat(target.isAlive()).isTrue();
        assertThat(source.qmp().execute("query-migrate").path("downtime").isMissingNode())
                .isTrue();
        hosts.assertStayed();
    }

    private static void assertRefused(String migration, QemuGuest destination, String reason) throws Exception {
        Background<Cluster.Command> target = hosts.receive(migration, destination);
        Background<Cluster.Command> sending = hosts.send(migration, SHORT_PATIENCE);
        Cluster.Command refused = target.get();
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.message()).contains(reason);
        Cluster.Command failed = sending.get();
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.message()).contains("gave up: ").contains(reason).endsWith("the guest runs on");
        hosts.assertStayed();
    }

    private static void assertWithdrawn(Cluster.Command target) {
        assertThat(target.status()).isEqualTo(1);
        assertThat(target.message()).contains("the source has withdrawn attempt 1 of migration ");
    }

    private static void assertLostKafka(String message, Background<Cluster.Command> sending) throws Exception {
        hosts.cluster().stopBroker();
        try {
            Cluster.Command failed = sending.get();
            assertThat(failed.status()).isEqualTo(1);
            assertThat(failed.message()).contains(message);
            hosts.assertStayed();
        } finally {
            hosts.cluster().startBroker();
        }
    }
}
