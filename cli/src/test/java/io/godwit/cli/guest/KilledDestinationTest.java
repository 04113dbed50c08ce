package io.godwit.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.pipeline.Background;
import io.godwit.cli.pipeline.Cluster;
import io.godwit.cli.pipeline.RoleProcess;
import io.godwit.directory.MigrationState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A destination dies, agent and QEMU, as of kill -9. Before the commit the guest runs on at its source, or goes to a second
 * destination; after it, to one of the same name. Never is it in two places.
 */
@Timeout(240)
final class KilledDestinationTest extends TravellingGuestTest {
    @Test
    void oneThatDiesBeforeTheFirstRecordIsReplacedByASecond() throws Exception {
        hosts.source();
        QemuGuest dead = hosts.awaitIncoming();
        RoleProcess agent = hosts.receiveProcess("early", dead, "--target", "dead");
        GuestHosts.awaitAgent(dead);
        agent.kill();
        dead.kill();

        QemuGuest second = hosts.awaitIncoming();
        Background<Cluster.Command> target = hosts.receive("early", second);
        GuestHosts.assertOk(hosts.send("early").get());
        GuestHosts.assertOk(target.get());
        hosts.assertMovedTo(second);
    }

    @Test
    void oneWhoseAgentDiesInBulkIsReplacedByASecond() throws Exception {
        hosts.source();
        QemuGuest dead = hosts.awaitIncomingShared();
        RoleProcess agent = hosts.receiveProcess("bulk", dead, "--target", "dead");
        // It has all of round 1 before it: the round may be shorter than the start of a process.
        GuestHosts.awaitAgent(dead);
        Background<Cluster.Command> sending = hosts.send("bulk", SLOWLY);
        hosts.awaitTarget("bulk", "dead", 0);
        assertThat(hosts.view("bulk").roundOnStream()).isZero();
        agent.kill();
        dead.kill();

        QemuGuest second = hosts.awaitIncoming();
        Background<Cluster.Command> target = hosts.receive("bulk", second, "--target", "second");
        GuestHosts.assertOk(sending.get());
        GuestHosts.assertOk(target.get());
        assertThat(hosts.view("bulk").handover().committedTarget()).isEqualTo("second");
        hosts.assertMovedTo(second);
    }

    @Test
    void oneWhoseQemuDiesInBulkSaysSoAndTheGuestRunsOn() throws Exception {
        hosts.source();
        QemuGuest dead = hosts.awaitIncoming();
        Background<Cluster.Command> target = hosts.receive("gone", dead, "--target", "dead");
        Background<Cluster.Command> sending = hosts.send("gone", SLOWLY, SHORT_PATIENCE);
        hosts.awaitTarget("gone", "dead", 0);
        dead.kill();

        Cluster.Command refused = target.get();
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.message()).contains("the QEMU at " + dead.agentSocket() + " is gone");
        Cluster.Command failed = sending.get();
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.message())
                .contains("target dead of migration gone gave up: ")
                .contains("is gone")
                .endsWith("the guest runs on");
        hosts.assertStayed();
    }

    @Test
    void oneThatDiesInLaterRoundsLeavesTheGuestAtItsSource() throws Exception {
        hosts.source();
        QemuGuest dead = hosts.awaitIncomingShared();
        RoleProcess agent = hosts.receiveProcess("rounds", dead, "--target", "dead");
        Background<Cluster.Command> sending = hosts.send("rounds", SLOWLY, "--downtime-limit=1", SHORT_PATIENCE);
        hosts.awaitTarget("rounds", "dead", 2);
        agent.kill();
        dead.kill();

        Cluster.Command failed = sending.get();
        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.message())
                .contains("target dead of migration rounds was not ready within 5 s")
                .contains("the guest runs on");
        hosts.assertStayed();
    }

    @Test
    void oneThatVerifiedAndDiesBeforeTheCommitLosesTheGuestToAnother() throws Exception {
        hosts.source();
        QemuGuest wanted = hosts.awaitIncomingShared();
        QemuGuest other = hosts.awaitIncoming();
        Background<Cluster.Command> target = hosts.receive("other", wanted, "--target", "wanted");
        RoleProcess agent = hosts.receiveProcess("other", other, "--target", "other");
        Background<Cluster.Command> sending = hosts.send("other", "--target", "wanted", SLOWLY);
        hosts.awaitTarget("other", "wanted", 0);
        // It goes on to take pages, which its agent places, and cannot load the guest.
        GuestHosts.freeze(wanted);
        hosts.awaitStandstill("other");
        hosts.awaitVerified("other", "other");
        agent.kill();
        other.kill();
        GuestHosts.thaw(wanted);

        GuestHosts.assertOk(sending.get());
        GuestHosts.assertOk(target.get());
        hosts.assertMovedTo(wanted);
    }

    @Test
    void oneThatIsGivenTheGuestWhenItIsDeadAlreadyIsStartedAgainUnderItsName() throws Exception {
        hosts.source();
        QemuGuest dead = hosts.awaitIncomingShared();
        RoleProcess agent = hosts.receiveProcess("after", dead, "--target", "named");
        RoleProcess sender = hosts.sendProcess("after", SLOWLY);
        hosts.awaitTarget("after", "named", 0);
        GuestHosts.freeze(dead);
        hosts.awaitStandstill("after");
        sender.signal("STOP");
        GuestHosts.thaw(dead);
        hosts.awaitVerified("after", "named");
        agent.kill();
        dead.kill();
        sender.signal("CONT");

        assertThat(sender.awaitExit()).as(sender.err()).isZero();
        assertThat(hosts.view("after").state()).isEqualTo(MigrationState.RELEASED);
        Cluster.Command stranger = hosts.receive("after", hosts.awaitIncoming(), "--target", "stranger")
                .get();
        assertThat(stranger.message())
                .isEqualTo("godwit: migration after was continued by target named; use --clone for a copy");
        QemuGuest again = hosts.awaitIncoming();
        GuestHosts.assertOk(hosts.receive("after", again, "--target", "named").get());
        hosts.assertMovedTo(again);
    }
}
