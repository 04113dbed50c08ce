package io.godwit.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.pipeline.Background;
import io.godwit.cli.pipeline.Cluster;
import io.godwit.cli.pipeline.RegistryServer;
import io.godwit.cli.pipeline.RoleProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guest moves where all records are written with the schemas of a registry. */
@Timeout(240)
final class RegisteredGuestTest {
    @TempDir
    Path directory;

    private RegistryServer registry;
    private GuestHosts hosts;

    @BeforeEach
    void start() throws Exception {
        registry = new RegistryServer();
        Cluster cluster = Cluster.start(directory.resolve("kafka"));
        cluster.useRegistry(registry.url());
        hosts = GuestHosts.start(directory, GuestHosts.CALM, cluster);
    }

    @AfterEach
    void stop() throws Exception {
        hosts.close();
        registry.close();
    }

    @Test
    void sendersThatAreKilledAreRecoveredByTheirGuardAndByHandUntilTheGuestHasMoved() throws Exception {
        hosts.source();
        QemuGuest destination = hosts.awaitIncoming();
        Background<Cluster.Command> target = hosts.receive("vm", destination, "--target", "first");
        RoleProcess guarded = hosts.sendProcess("vm", TravellingGuestTest.SLOWLY);
        awaitTarget(1);
        guarded.kill();
        hosts.awaitView("vm", view -> view.handover().isGivenUp());
        hosts.assertStayed();

        RoleProcess unguarded = hosts.sendProcess("vm", TravellingGuestTest.SLOWLY);
        awaitTarget(2);
        unguarded.killWithChildren();
        hosts.assertStayed();
        Cluster.Command recovered = hosts.cluster()
                .run("recover", "vm", "--qmp", hosts.source().agentSocket().toString());
        GuestHosts.assertOk(recovered);
        assertThat(recovered.out()).contains("The guest of migration vm is at its source; it can be sent again.");

        GuestHosts.assertOk(hosts.send("vm").get());
        GuestHosts.assertOk(target.get());
        assertThat(hosts.view("vm").attempt()).isEqualTo(3);
        hosts.assertMovedTo(destination);
    }

    /** Waits until the target takes an attempt. */
    private void awaitTarget(int attempt) throws Exception {
        hosts.awaitView(
                "vm",
                view -> view.attempt() == attempt && !view.handover().targets().isEmpty());
    }
}
