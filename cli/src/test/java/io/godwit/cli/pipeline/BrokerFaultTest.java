package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.pipeline.TestMemory.Write;
import io.godwit.producer.SendReport;
import io.godwit.report.RoleReport;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The broker goes away in mid-migration and comes back with its data, within everybody's patience. */
@Timeout(180)
class BrokerFaultTest {
    @TempDir
    Path temp;

    private final TestMemory memory = TestMemory.mixed(6144, 1);
    private final Gate inBulk = new Gate();
    private final Gate inSecondRound = new Gate();
    private final ScriptedGuest guest = new ScriptedGuest(memory)
            .round(() -> {}, inBulk)
            .round(() -> memory.write(1500, Write.EDIT), inSecondRound)
            .round(() -> memory.write(1500, Write.values()));

    @Test
    void aBrokerThatIsStoppedAndStartedIsWaitedFor() throws Exception {
        try (Cluster cluster = Cluster.start(temp)) {
            migrate(cluster, () -> {
                cluster.stopBroker();
                cluster.startBroker();
            });
        }
    }

    @Test
    void aBrokerThatIsKilledAndStartedIsWaitedFor() throws Exception {
        try (RoleProcess first = startBroker(0)) {
            String address = first.out().lines().findFirst().orElseThrow();
            int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
            AtomicReference<RoleProcess> running = new AtomicReference<>(first);
            try (Cluster cluster = Cluster.of(temp, port)) {
                migrate(cluster, () -> {
                    running.get().kill();
                    running.set(startBroker(port));
                });
            } finally {
                running.get().close();
            }
        }
    }

    /** Something that happens to the broker. */
    private interface Fault {
        void happen() throws Exception;
    }

    private void migrate(Cluster cluster, Fault fault) throws Exception {
        cluster.transform();
        Background<RoleReport> waiting = cluster.receive("restart", temp.resolve("waiting"));
        Background<SendReport> sending = cluster.send("restart", guest);
        for (Gate gate : List.of(inBulk, inSecondRound)) {
            gate.awaitArrival();
            fault.happen();
            gate.open();
        }

        assertThat(sending.get().summary().status()).isEqualTo("completed");
        assertThat(waiting.get().verified()).isTrue();
        memory.assertArrivedIn(temp.resolve("waiting"));
        cluster.receive("restart", temp.resolve("late")).get();
        memory.assertArrivedIn(temp.resolve("late"));
    }

    private RoleProcess startBroker(int port) throws Exception {
        return RoleProcess.start(
                        temp,
                        "broker",
                        "--port",
                        String.valueOf(port),
                        "--data-dir",
                        temp.resolve("broker").toString())
                .awaitOutput("Broker ready");
    }
}
