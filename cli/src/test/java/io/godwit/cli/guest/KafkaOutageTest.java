package io.godwit.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.pipeline.Background;
import io.godwit.cli.pipeline.Cluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kafka is away while a real guest moves: for a while, which the move waits for, or for too long. */
@Timeout(240)
final class KafkaOutageTest extends TravellingGuestTest {
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
        hosts.cluster().stopBroker();
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
        Background<Cluster.Command> sending = hosts.send("stuck", SLOWLY, "--patience=10s");
        hosts.awaitTarget("stuck", "host", 0);
        GuestHosts.freeze(destination);
        hosts.awaitStandstill("stuck");
        hosts.cluster().stopBroker();
        GuestHosts.thaw(destination);
        assertLostKafka("not ready within 10 s (--patience); see that Kafka, ", sending);

        // Nobody could be told that attempt 1 is over: one that receives before attempt 2 takes it for whole.
        QemuGuest fresh = hosts.awaitIncoming();
        Background<Cluster.Command> sentAgain = hosts.send("stuck", "--target", "fresh");
        hosts.awaitView("stuck", view -> view.attempt() == 2);
        Background<Cluster.Command> again = hosts.receive("stuck", fresh, "--target", "fresh");
        GuestHosts.assertOk(sentAgain.get());
        GuestHosts.assertOk(again.get());
        assertThat(target.get().status()).isEqualTo(1);
        hosts.assertMovedTo(fresh);
    }

    private static void assertLostKafka(String message, Background<Cluster.Command> sending) throws Exception {
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
