package io.godwit.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.pipeline.Background;
import io.godwit.cli.pipeline.Cluster;
import io.godwit.directory.MigrationState;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real guest goes where it is sent, and does not notice. */
@Timeout(240)
final class ThereAndBackTest extends TravellingGuestTest {
    @Test
    void aGuestGoesThereAndBackIntoTheSameMemoryFile() throws Exception {
        hosts.source();
        Path firstHost = hosts.newHost();
        move("home", hosts.awaitIncoming(firstHost, GuestHosts.CALM.withSharedMemory()));
        move("there", hosts.awaitIncoming());
        hosts.clear();
        move("back", hosts.awaitIncoming(firstHost, GuestHosts.CALM.withSharedMemory()));
        move("there-again", hosts.awaitIncoming());
    }

    @Test
    void ofTwoTargetsOneRunsTheGuestAndTheOtherIsToldWhich() throws Exception {
        hosts.source();
        QemuGuest first = hosts.awaitIncoming();
        QemuGuest second = hosts.awaitIncomingShared();
        Background<Cluster.Command> firstTarget = hosts.receive("race", first, "--target", "first");
        Background<Cluster.Command> secondTarget = hosts.receive("race", second, "--target", "second");
        GuestHosts.assertOk(hosts.send("race").get());

        boolean firstWon = hosts.view("race").handover().committedTarget().equals("first");
        Cluster.Command lost = (firstWon ? secondTarget : firstTarget).get();
        GuestHosts.assertOk((firstWon ? firstTarget : secondTarget).get());
        assertThat(lost.status()).isEqualTo(1);
        assertThat(lost.message())
                .startsWith("godwit: migration race was continued by target " + (firstWon ? "first" : "second")
                        + "; use --clone for a copy");
        hosts.assertMovedTo(firstWon ? first : second);
    }

    @Test
    void aParkedGuestIsContinuedLaterByWhoeverClaimsItFirst() throws Exception {
        QemuGuest source = hosts.source();
        GuestHosts.assertOk(hosts.send("parked", "--handover", "parked").get());
        assertThat(source.runState()).isEqualTo("postmigrate");
        assertThat(hosts.view("parked").state()).isEqualTo(MigrationState.RELEASED);

        QemuGuest claimant = hosts.awaitIncoming();
        GuestHosts.assertOk(
                hosts.receive("parked", claimant, "--target", "claimant").get());
        hosts.assertMovedTo(claimant);
        Cluster.Command second = hosts.receive("parked", hosts.awaitIncoming(), "--target", "late")
                .get();
        assertThat(second.status()).isEqualTo(1);
        assertThat(second.message())
                .isEqualTo("godwit: migration parked was continued by target claimant; use --clone for a copy");
        hosts.assertStayed();
    }

    @Test
    void aGuestIsSuspendedIntoADirectoryAndRestored() throws Exception {
        hosts.source();
        Path suspended = hosts.newHost();
        Background<Cluster.Command> target = hosts.receive("suspended", suspended, "--target", "shelf");
        GuestHosts.assertOk(hosts.send("suspended").get());
        GuestHosts.assertOk(target.get());

        QemuGuest restored = hosts.awaitIncoming();
        GuestHosts.assertOk(Cluster.Command.run(
                "restore",
                "--ram-dir",
                suspended.toString(),
                "--qmp",
                restored.agentSocket().toString()));
        hosts.assertMovedTo(restored);
    }

    @Test
    void clonesOfAGuestThatHasMovedRunBesideItAndSaySo() throws Exception {
        QemuGuest source = hosts.source();
        QemuGuest moved = hosts.awaitIncoming();
        move("original", moved);

        List<QemuGuest> clones = List.of(hosts.awaitIncoming(), hosts.awaitIncomingShared());
        for (QemuGuest clone : clones) {
            Cluster.Command cloned = hosts.receive("original", clone, "--clone").get();
            GuestHosts.assertOk(cloned);
            assertThat(cloned.out()).contains("clone");
            assertThat(clone.runState()).isEqualTo("running");
            clone.console().awaitFullCheck(GuestHosts.PATIENCE);
            assertThat(GuestJourney.through(source, clone).fault()).isEmpty();
            clone.kill();
        }
        assertThat(hosts.view("original").handover().continued()).hasSize(1);
        hosts.assertStayed();
    }

    private static void move(String migration, QemuGuest to) throws Exception {
        Background<Cluster.Command> target = hosts.receive(migration, to);
        GuestHosts.assertOk(hosts.send(migration).get());
        GuestHosts.assertOk(target.get());
        hosts.assertMovedTo(to);
    }
}
