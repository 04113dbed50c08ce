package io.godwit.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.pipeline.Background;
import io.godwit.cli.pipeline.Cluster;
import io.godwit.cli.pipeline.RoleProcess;
import io.godwit.client.ClientSettings;
import io.godwit.directory.HandoverView;
import io.godwit.directory.MigrationDirectory;
import io.godwit.directory.MigrationState;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A sender dies as of kill -9, at every stage: the guest runs in one place in the end, and where that is its source it is sent
 * again.
 */
@Timeout(240)
final class KilledSenderTest extends TravellingGuestTest {
    /** What the directory shows at the moment of death. */
    enum Moment {
        VERIFIED,
        COMMITTED,
        RELEASED;

        boolean hasCome(HandoverView view) {
            return switch (this) {
                case VERIFIED -> view.targets().stream().anyMatch(entry -> entry.state() == MigrationState.VERIFIED);
                case COMMITTED -> view.commit() != null;
                case RELEASED -> view.released();
            };
        }
    }

    @Test
    void inBulkTheGuestRunsOnAndIsSentAgain() throws Exception {
        hosts.source();
        QemuGuest destination = hosts.awaitIncoming();
        Background<Cluster.Command> target = hosts.receive("bulk", destination, "--target", "first");
        RoleProcess sender = hosts.sendProcess("bulk", SLOWLY);
        hosts.awaitTarget("bulk", "first", 0);
        assertThat(hosts.view("bulk").roundOnStream()).isZero();
        sender.kill();

        assertGoesOnWithTheNextAttempt("bulk", destination, target);
    }

    @Test
    void inLaterRoundsTheGuestRunsOnAndIsSentAgain() throws Exception {
        hosts.source();
        QemuGuest destination = hosts.awaitIncomingShared();
        Background<Cluster.Command> target = hosts.receive("rounds", destination, "--target", "first");
        RoleProcess sender = hosts.sendProcess("rounds", SLOWLY, "--downtime-limit=1");
        hosts.awaitTarget("rounds", "first", 2);
        sender.kill();

        assertGoesOnWithTheNextAttempt("rounds", destination, target);
    }

    @Test
    void whileTheGuestStandsStillItRunsOnAndIsSentAgain() throws Exception {
        hosts.source();
        QemuGuest destination = hosts.awaitIncomingShared();
        Background<Cluster.Command> target = hosts.receive("paused", destination, "--target", "first");
        RoleProcess sender = hosts.sendProcess("paused", SLOWLY);
        awaitStandstill("paused", destination);
        sender.kill();
        GuestHosts.thaw(destination);

        assertSettledAtSource("paused", target);
    }

    @Test
    void beforeItHeardOfATargetThatVerifiedTheGuestRunsOnAndIsSentAgain() throws Exception {
        hosts.source();
        QemuGuest destination = hosts.awaitIncomingShared();
        Background<Cluster.Command> target = hosts.receive("deaf", destination, "--target", "first");
        RoleProcess sender = hosts.sendProcess("deaf", SLOWLY);
        awaitStandstill("deaf", destination);
        sender.signal("STOP");
        GuestHosts.thaw(destination);
        hosts.awaitVerified("deaf", "first");
        sender.kill();

        assertSettledAtSource("deaf", target);
    }

    @Test
    void whileQemuLetsGoTheGuestIsWhereQemuSays() throws Exception {
        QemuGuest source = hosts.source();
        QemuGuest destination = hosts.awaitIncomingShared();
        Background<Cluster.Command> target = hosts.receive("release", destination, "--target", "first");
        RoleProcess sender = hosts.sendProcess("release", SLOWLY);
        awaitStandstill("release", destination);
        GuestHosts.freeze(source);
        GuestHosts.thaw(destination);
        hosts.awaitView("release", view -> view.handover().commit() != null);
        sender.kill();
        assertThat(hosts.view("release").handover().released()).isFalse();
        assertThat(target.isDone()).isFalse();
        GuestHosts.thaw(source);

        assertSettled("release", destination, target);
    }

    @ParameterizedTest
    @EnumSource
    void atTheMomentOfTheHandoverTheGuestIsInOnePlace(Moment moment) throws Exception {
        hosts.source();
        String migration = "moment-" + moment;
        QemuGuest destination = hosts.awaitIncomingShared();
        Background<Cluster.Command> target = hosts.receive(migration, destination, "--target", "first");
        RoleProcess sender = hosts.sendProcess(migration, SLOWLY);
        awaitStandstill(migration, destination);
        try (MigrationDirectory migrations =
                new MigrationDirectory(ClientSettings.of(hosts.cluster().bootstrapServers()), GuestHosts.PATIENCE)) {
            migrations.refresh();
            GuestHosts.thaw(destination);
            while (!moment.hasCome(migrations.known(migration).orElseThrow().handover())) {
                migrations.awaitNext(Duration.ofSeconds(1));
            }
            sender.killIfAlive();
        }

        assertSettled(migration, destination, target);
    }

    @Test
    void togetherWithItsGuardTheGuestRunsOnAndRecoverSaysSo() throws Exception {
        hosts.source();
        QemuGuest destination = hosts.awaitIncoming();
        Background<Cluster.Command> target = hosts.receive("guard", destination, "--target", "first");
        RoleProcess sender = hosts.sendProcess("guard", SLOWLY);
        hosts.awaitTarget("guard", "first", 0);
        sender.killWithChildren();
        hosts.assertStayed();
        assertThat(target.isDone()).isFalse();

        Cluster.Command recovered = hosts.cluster()
                .run("recover", "guard", "--qmp", hosts.source().agentSocket().toString());
        GuestHosts.assertOk(recovered);
        assertThat(recovered.out()).contains("The guest of migration guard is at its source; it can be sent again.");
        assertGoesOnWithTheNextAttempt("guard", destination, target);
    }

    /** Brings it to where the guest stands still, and its target cannot load it until it is thawed. */
    private static void awaitStandstill(String migration, QemuGuest destination) throws Exception {
        hosts.awaitTarget(migration, "first", 0);
        GuestHosts.freeze(destination);
        hosts.awaitStandstill(migration);
    }

    private static void assertSettled(String migration, QemuGuest destination, Background<Cluster.Command> target)
            throws Exception {
        hosts.awaitView(
                migration, view -> view.handover().released() || view.handover().isGivenUp());
        if (hosts.view(migration).handover().released()) {
            GuestHosts.assertOk(target.get());
            hosts.assertMovedTo(destination);
        } else {
            assertSettledAtSource(migration, target);
        }
    }

    private static void assertSettledAtSource(String migration, Background<Cluster.Command> target) throws Exception {
        hosts.awaitView(migration, view -> view.handover().isGivenUp());
        Cluster.Command refused = target.get();
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.message())
                .contains("the source has withdrawn attempt 1 of migration " + migration + " (its sender died");
        hosts.assertStayed();

        QemuGuest fresh = hosts.awaitIncoming();
        Background<Cluster.Command> again = hosts.receive(migration, fresh);
        GuestHosts.assertOk(hosts.send(migration).get());
        GuestHosts.assertOk(again.get());
        hosts.assertMovedTo(fresh);
    }

    /** A target that has not had all waits for the next attempt, and takes what has changed. */
    private static void assertGoesOnWithTheNextAttempt(
            String migration, QemuGuest destination, Background<Cluster.Command> target) throws Exception {
        hosts.awaitView(migration, view -> view.handover().isGivenUp());
        hosts.assertStayed();
        assertThat(target.isDone()).isFalse();

        GuestHosts.assertOk(hosts.send(migration).get());
        GuestHosts.assertOk(target.get());
        assertThat(hosts.view(migration).attempt()).isEqualTo(2);
        hosts.assertMovedTo(destination);
    }
}
