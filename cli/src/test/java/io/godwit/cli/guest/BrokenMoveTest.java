package io.godwit.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.pipeline.Background;
import io.godwit.cli.pipeline.Cluster;
import io.godwit.cli.pipeline.RoleProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A move that is broken off, refused or held up leaves a real guest at its source, which can be moved again. */
@Timeout(240)
final class BrokenMoveTest extends TravellingGuestTest {
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
}
