package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.cli.pipeline.TestMemory.Write;
import io.godwit.consumer.ReceiveException;
import io.godwit.producer.SendReport;
import io.godwit.producer.SourceException;
import io.godwit.report.RoleReport;
import io.godwit.topic.Topics;
import io.godwit.transformer.Transformer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Migrations are deleted at bad moments, and their names used again. */
@Timeout(180)
class DeleteTest {
    private static final int PAGES = 3072;
    private static final int WRITES = 300;

    /** A thread of the transformer stands for as long as its producer hopes for the topic to come back: half a minute. */
    private static final Map<String, String> GIVES_UP_SOON = Map.of(
            "producer.max.block.ms", "1000",
            "producer.request.timeout.ms", "2000",
            "producer.delivery.timeout.ms", "3000");

    private static final int REUSES = 12;

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
    void aMigrationThatIsDeletedWhileItIsSentEndsForAllAndDisturbsNoOther() throws Exception {
        cluster.transform(Cluster.PAGE_CACHE_BYTES, GIVES_UP_SOON);
        TestMemory memory = TestMemory.mixed(PAGES, 1);
        Gate gate = new Gate();
        Background<RoleReport> receiving = cluster.receive("deleted", temp.resolve("deleted"));
        Background<SendReport> sending = cluster.send(
                "deleted", new ScriptedGuest(memory).round(() -> {}).round(memory::editAll, gate));
        gate.awaitArrival();
        cluster.awaitTransformed("deleted");
        assertThat(cluster.run("delete", "deleted").status()).isZero();
        gate.open();

        assertThatThrownBy(sending::get)
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("migration deleted was deleted while it was sent");
        assertThatThrownBy(receiving::get)
                .isInstanceOf(ReceiveException.class)
                .hasMessageContaining("the stream of migration deleted was deleted while it was received");
        assertArrives("another", 2);
        assertThat(cluster.run("list").out()).contains("another").doesNotContain("deleted");
    }

    @Test
    void aNameThatIsUsedAgainHasNothingOfItsFormerMigration() throws Exception {
        cluster.transform();
        TestMemory former = TestMemory.mixed(PAGES, 3);
        cluster.send("again", new ScriptedGuest(former).round(() -> {})).get();
        cluster.receive("again", temp.resolve("former")).get();
        assertThat(cluster.run("delete", "again").status()).isZero();

        TestMemory memory = TestMemory.mixed(PAGES, 6);
        SendReport sent =
                cluster.send("again", new ScriptedGuest(memory).round(() -> {})).get();
        assertThat(sent.attempt()).as("attempt numbers go on growing").isEqualTo(2);
        cluster.receive("again", temp.resolve("new")).get();
        memory.assertArrivedIn(temp.resolve("new"));
        assertThatThrownBy(
                        () -> cluster.receive("again", temp.resolve("former")).get())
                .isInstanceOf(ReceiveException.class)
                .hasMessageContainingAll("again", "empty directory");
    }

    /** The transformer's producer knows the topic of that name, and finds another one there. */
    @Test
    void aNameThatIsUsedOverAndOverArrivesEachTime() throws Exception {
        cluster.transform();
        for (int use = 0; use < REUSES; use++) {
            TestMemory memory = TestMemory.mixed(PAGES, use);
            Path target = temp.resolve("reused-" + use);
            Background<RoleReport> receiving = cluster.receive("reused", target);
            cluster.send("reused", new ScriptedGuest(memory).round(() -> {})).get();
            receiving.get();
            memory.assertArrivedIn(target);
            assertThat(cluster.run("delete", "reused").status()).isZero();
        }
    }

    @Test
    void leftoversOfAFormerMigrationInTheIngressAreDropped() throws Exception {
        TestMemory former = TestMemory.mixed(PAGES, 4);
        Gate gate = new Gate();
        Background<SendReport> leaving = cluster.send(
                "leftovers",
                new ScriptedGuest(former).round(() -> {}, gate).round(() -> former.write(WRITES, Write.EDIT)));
        gate.awaitArrival();
        assertThat(cluster.run("delete", "leftovers").status()).isZero();
        gate.open();
        assertThatThrownBy(leaving::get)
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("was deleted while it was sent");
        long leftovers = cluster.readIngress("leftovers").size();
        TestMemory memory = TestMemory.mixed(PAGES, 5);
        Background<RoleReport> waiting = cluster.receive("leftovers", temp.resolve("waiting"));
        Background<SendReport> sending = cluster.send(
                "leftovers",
                new ScriptedGuest(memory).round(() -> {}).round(() -> memory.write(WRITES, Write.values())));
        await().atMost(Background.PATIENCE)
                .until(() -> cluster.readIngress("leftovers").size() > leftovers);

        Transformer transformer = cluster.transform();
        assertThat(sending.get().summary().status()).isEqualTo("completed");
        assertThat(waiting.get().verified()).isTrue();
        memory.assertArrivedIn(temp.resolve("waiting"));
        cluster.receive("leftovers", temp.resolve("late")).get();
        memory.assertArrivedIn(temp.resolve("late"));
        assertThat(transformer.progress().droppedRecords()).isEqualTo(leftovers);
        assertThat(cluster.records(Topics.DEAD_LETTERS)).isPositive();
    }

    private void assertArrives(String migration, long seed) throws Exception {
        TestMemory memory = TestMemory.mixed(PAGES, seed);
        cluster.send(migration, new ScriptedGuest(memory).round(() -> {})).get();
        cluster.receive(migration, temp.resolve(migration)).get();
        memory.assertArrivedIn(temp.resolve(migration));
    }
}
