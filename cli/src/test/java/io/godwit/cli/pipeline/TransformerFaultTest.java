package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.pipeline.TestMemory.Write;
import io.godwit.client.Replication;
import io.godwit.client.TopicSetup;
import io.godwit.producer.SendReport;
import io.godwit.report.RoleReport;
import io.godwit.topic.Topics;
import io.godwit.transformer.Transformer;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Transformers, as processes, are killed while a migration is on its way through them. */
@Timeout(180)
class TransformerFaultTest {
    private static final int PAGES = 6144;
    private static final int WRITES = 1500;

    @TempDir
    Path temp;

    private Cluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = Cluster.start(temp);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aTransformerThatIsKilledAndStartedAgainLosesNothing() throws Exception {
        TestMemory memory = TestMemory.mixed(PAGES, 1);
        Gate inBulk = new Gate();
        Gate inSecondRound = new Gate();
        ScriptedGuest guest = new ScriptedGuest(memory)
                .round(() -> {}, inBulk)
                .round(() -> memory.write(WRITES, Write.EDIT, Write.FILL), inSecondRound)
                .round(() -> memory.write(WRITES, Write.values()));
        Background<RoleReport> waiting = cluster.receive("killed", temp.resolve("waiting"));
        Background<SendReport> sending;
        try (RoleProcess first = transform()) {
            sending = cluster.send("killed", guest);
            inBulk.awaitArrival();
            cluster.awaitStream("killed", 1);
            first.kill();
        }
        inBulk.open();
        try (RoleProcess second = transform()) {
            inSecondRound.awaitArrival();
            cluster.awaitTransformed("killed");
            second.kill();
        }
        inSecondRound.open();
        try (RoleProcess third = transform()) {
            assertThat(third.isAlive()).isTrue();
            assertArrived("killed", memory, sending, waiting);
        }
    }

    @Test
    void oneOfTwoTransformersIsKilledAndTheOtherTakesItsLanesOver() throws Exception {
        TestMemory memory = TestMemory.mixed(PAGES, 2);
        Gate gate = new Gate();
        ScriptedGuest guest = new ScriptedGuest(memory)
                .round(() -> {})
                .round(() -> memory.write(WRITES, Write.EDIT), gate)
                .round(() -> memory.write(WRITES, Write.EDIT, Write.CLEAR));
        Background<RoleReport> waiting = cluster.receive("one-of-two", temp.resolve("waiting"));
        try (RoleProcess killed = transform();
                RoleProcess survivor = transform()) {
            Background<SendReport> sending = cluster.send("one-of-two", guest);
            gate.awaitArrival();
            cluster.awaitTransformed("one-of-two");
            killed.kill();
            gate.open();

            assertArrived("one-of-two", memory, sending, waiting);
            assertThat(survivor.isAlive()).isTrue();
        }
    }

    @Test
    void aPageCacheOfAHundredthOfTheGuestCostsBytesOnly() throws Exception {
        TestMemory memory = TestMemory.mixed(PAGES, 3);
        cluster.transform((long) PAGES * 4096 / 100);
        ScriptedGuest guest = new ScriptedGuest(memory)
                .round(() -> {})
                .round(() -> memory.write(WRITES, Write.EDIT))
                .round(() -> memory.write(WRITES, Write.EDIT))
                .round(() -> memory.write(WRITES, Write.values()));
        Background<RoleReport> waiting = cluster.receive("tiny-cache", temp.resolve("waiting"));

        assertArrived("tiny-cache", memory, cluster.send("tiny-cache", guest), waiting);
    }

    @Test
    void withoutAPageCacheEverythingGoesInFull() throws Exception {
        TestMemory memory = TestMemory.mixed(1024, 4);
        cluster.transform(0);
        ScriptedGuest guest = new ScriptedGuest(memory)
                .round(() -> {})
                .round(() -> memory.write(WRITES, Write.EDIT))
                .round(() -> memory.write(WRITES, Write.values()));
        Background<RoleReport> waiting = cluster.receive("no-cache", temp.resolve("waiting"));

        RoleReport received = assertArrived("no-cache", memory, cluster.send("no-cache", guest), waiting);
        assertThat(received.pages().xbzrle()).isZero();
        assertThat(received.pages().unchanged()).isZero();
    }

    @Test
    void aTransformerWhoseCheckpointsAreTakenAwayEndsAndSaysWhy() throws Exception {
        try (Admin admin = cluster.newAdmin()) {
            TopicSetup.ensureShared(admin, Replication.OF_BROKERS);
            for (int chunk = 0; chunk < 3; chunk++) {
                cluster.append(Topics.CHECKPOINTS, 0, "record-" + chunk, new byte[] {1});
            }
            // It has read them when it is ready: what comes after a new beginning has offsets that it has had.
            Transformer transformer = cluster.transform();
            admin.deleteTopics(List.of(Topics.CHECKPOINTS)).all().get();
            TopicSetup.ensureShared(admin, Replication.OF_BROKERS);

            assertThat(transformer.awaitTermination()).hasValueSatisfying(failure -> assertThat(failure)
                    .hasMessageStartingWith("transformer gave up: it cannot read godwit.checkpoints any more: ")
                    .hasMessageEndingWith("; start it again"));
        }
    }

    private RoleReport assertArrived(
            String migration, TestMemory memory, Background<SendReport> sending, Background<RoleReport> waiting)
            throws Exception {
        assertThat(sending.get().summary().status()).isEqualTo("completed");
        RoleReport received = waiting.get();
        assertThat(received.verified()).isTrue();
        memory.assertArrivedIn(temp.resolve("waiting"));
        RoleReport late = cluster.receive(migration, temp.resolve("late")).get();
        assertThat(late.digest()).isEqualTo(received.digest());
        memory.assertArrivedIn(temp.resolve("late"));
        return received;
    }

    private RoleProcess transform() throws Exception {
        return RoleProcess.start(
                        temp, "transform", "--bootstrap-server", cluster.bootstrapServers(), "--page-cache-size", "64M")
                .awaitOutput("Transformer ready");
    }
}
