package io.godwit.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.access.Role;
import io.godwit.cli.pipeline.Background;
import io.godwit.cli.pipeline.Cluster;
import io.godwit.cli.pipeline.SecuredCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A running guest moves between users of a secured cluster who have the rights of their roles and no other. */
@Timeout(240)
final class SecuredGuestTest {
    private static final String SOURCE = "source";
    private static final String TARGET = "target";
    private static final String MIGRATION = "vm";

    @TempDir
    Path directory;

    private SecuredCluster cluster;
    private GuestHosts hosts;

    @BeforeEach
    void start() throws Exception {
        TestGuestImages.require();
        cluster = SecuredCluster.start(Files.createDirectory(directory.resolve("kafka")));
        cluster.addUser(SOURCE);
        cluster.allow(SOURCE, Role.SOURCE.grants(MIGRATION));
        cluster.addUser(TARGET);
        hosts = GuestHosts.start(directory, GuestHosts.CALM, cluster.administered());
    }

    @AfterEach
    void stop() throws Exception {
        if (hosts != null) {
            hosts.close();
        }
    }

    @Test
    void aGuestGoesToATargetThatMaySayThatItIsReadyAndToNoOther() throws Exception {
        QemuGuest destination = hosts.awaitIncoming();
        String source = hosts.source().agentSocket().toString();
        Background<Cluster.Command> sending = Background.start(
                "send", () -> cluster.run(SOURCE, "send", MIGRATION, "--qmp", source, "--downtime-limit=5000"));
        hosts.awaitView(MIGRATION, view -> !view.stream().isEmpty());

        cluster.allow(TARGET, Role.TARGET.grants(MIGRATION));
        Cluster.Command refused = receive(destination);
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.message())
                .contains("whether the guest may be continued here is known to godwit.migrations alone")
                .contains("it needs READ on topic godwit.migrations");

        cluster.allow(TARGET, Role.TARGET_WITH_HANDOVER.grants(MIGRATION));
        GuestHosts.assertOk(receive(destination));
        GuestHosts.assertOk(sending.get());
        hosts.assertMovedTo(destination);
    }

    private Cluster.Command receive(QemuGuest into) throws Exception {
        return cluster.run(
                TARGET, "receive", MIGRATION, "--qmp", into.agentSocket().toString());
    }
}
