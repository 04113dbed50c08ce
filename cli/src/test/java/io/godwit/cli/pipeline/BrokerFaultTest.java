package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.pipeline.TestMemory.Write;
import io.godwit.producer.SendReport;
import io.godwit.report.RoleReport;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The broker goes away in mid-migration and comes back with its data, within everybody's patience. */
@Timeout(180)
class BrokerFaultTest {
    @TempDir
    Path temp;

    @Test
    void aBrokerThatIsStoppedAndStartedIsWaitedFor() throws Exception {
        TestMemory memory = TestMemory.mixed(6144, 1);
        Gate inBulk = new Gate();
        Gate inSecondRound = new Gate();
        ScriptedGuest guest = new ScriptedGuest(memory)
                .round(() -> {}, inBulk)
                .round(() -> memory.write(1500, Write.EDIT), inSecondRound)
                .round(() -> memory.write(1500, Write.values()));
        try (Cluster cluster = Cluster.start(temp)) {
            cluster.transform();
            Background<RoleReport> waiting = cluster.receive("restart", temp.resolve("waiting"));
            Background<SendReport> sending = cluster.send("restart", guest);

            inBulk.awaitArrival();
            cluster.stopBroker();
            inBulk.open();
            cluster.startBroker();
            inSecondRound.awaitArrival();
            cluster.stopBroker();
            cluster.startBroker();
            inSecondRound.open();

            assertThat(sending.get().summary().status()).isEqualTo("completed");
            assertThat(waiting.get().verified()).isTrue();
            memory.assertArrivedIn(temp.resolve("waiting"));
            cluster.receive("restart", temp.resolve("late")).get();
            memory.assertArrivedIn(temp.resolve("late"));
        }
    }
}
