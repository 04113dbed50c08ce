package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.godwit.cli.pipeline.TestMemory.Write;
import io.godwit.consumer.position.PositionFile;
import io.godwit.producer.SendReport;
import io.godwit.report.RoleReport;
import io.godwit.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Receivers, as processes, are killed while they apply a stream, and started again on the same directory. */
@Timeout(180)
class ReceiverFaultTest {
    private static final int PAGES = 6144;
    private static final int WRITES = 1500;
    private static final int LANES = 4;
    /** Often enough to kill a receiver soon after its first record. */
    private static final Duration POLL = Duration.ofMillis(2);

    @TempDir
    static Path data;

    private static Cluster cluster;

    @TempDir
    Path temp;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start(data);
        cluster.transform();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aReceiverThatIsKilledInEveryRoundGoesOnWhereItWas() throws Exception {
        TestMemory memory = TestMemory.mixed(PAGES, 1);
        Gate inBulk = new Gate();
        Gate inSecondRound = new Gate();
        ScriptedGuest guest = new ScriptedGuest(memory)
                .round(() -> {}, inBulk)
                .round(() -> memory.write(WRITES, Write.EDIT, Write.CLEAR), inSecondRound)
                .round(() -> memory.write(WRITES, Write.values()));
        Background<SendReport> sending;
        try (RoleProcess first = receive("killed")) {
            sending = cluster.send("killed", guest);
            inBulk.awaitArrival();
            awaitApplied(1);
            first.kill();
        }
        long appliedByFirst = applied();
        inBulk.open();
        inSecondRound.awaitArrival();
        try (RoleProcess second = receive("killed")) {
            awaitApplied(appliedByFirst + 1);
            second.kill();
        }
        inSecondRound.open();
        assertThat(sending.get().summary().status()).isEqualTo("completed");
        try (RoleProcess third = receive("killed")) {
            assertThat(third.awaitExit()).as(third.err()).isZero();
            RoleReport whole = cluster.receive("killed", temp.resolve("whole")).get();
            JsonNode resumed = third.json();
            assertThat(resumed.get("verified").asBoolean()).isTrue();
            assertThat(resumed.get("digest").asText()).isEqualTo(whole.digest());
            assertThat(resumed.get("bytes").get("wire").asLong())
                    .as("bytes fetched by the receiver that went on")
                    .isPositive()
                    .isLessThan(whole.bytes().wire());
        }
        memory.assertArrivedIn(target());
        memory.assertArrivedIn(temp.resolve("whole"));
    }

    @Test
    void aReceiverThatIsKilledOverAndOverWhileItCatchesUpEndsWithTheSameMemory() throws Exception {
        TestMemory memory = TestMemory.mixed(PAGES, 2);
        ScriptedGuest guest = new ScriptedGuest(memory).round(() -> {});
        for (int round = 0; round < 8; round++) {
            guest.round(() -> memory.write(WRITES, Write.EDIT, Write.REWRITE));
        }
        cluster.send("catch-up", guest).get();
        long all = cluster.records(Topics.stream("catch-up"));
        int kills = 0;
        for (long applied = 0; applied < all && kills < 3; applied = applied()) {
            long before = applied;
            try (RoleProcess killed = receive("catch-up")) {
                await().atMost(Background.PATIENCE)
                        .pollInterval(POLL)
                        .until(() -> applied() > before || !killed.isAlive());
                if (killed.isAlive()) {
                    killed.kill();
                    kills++;
                }
            }
        }
        assertThat(kills).as("kills while it caught up").isPositive();
        RoleReport last = cluster.receive("catch-up", target()).get();

        assertThat(last.status()).isEqualTo("completed");
        assertThat(last.verified()).isTrue();
        memory.assertArrivedIn(target());
    }

    @Test
    void aTargetThatIsCompleteIsFoundComplete() throws Exception {
        TestMemory memory = TestMemory.mixed(1024, 3);
        cluster.send("twice", new ScriptedGuest(memory).round(() -> {})).get();
        RoleReport first = cluster.receive("twice", target()).get();

        RoleReport again = cluster.receive("twice", target()).get();

        assertThat(again.status()).isEqualTo("completed");
        assertThat(again.digest()).isEqualTo(first.digest());
        assertThat(again.bytes().wire()).isZero();
        memory.assertArrivedIn(target());
    }

    private RoleProcess receive(String migration) throws IOException {
        return RoleProcess.start(
                temp,
                "receive",
                migration,
                "--bootstrap-server",
                cluster.bootstrapServers(),
                "--ram-dir",
                target().toString(),
                "--json");
    }

    private Path target() {
        return temp.resolve("target");
    }

    private void awaitApplied(long records) {
        await().atMost(Background.PATIENCE).pollInterval(POLL).until(() -> applied() >= records);
    }

    /** Records that the target's lanes have applied, by its position file. */
    private long applied() throws IOException {
        Path file = target().resolve(".godwit").resolve("position");
        if (!Files.exists(file)) {
            return 0;
        }
        PositionFile positions = PositionFile.open(file);
        long applied = 0;
        for (int lane = 0; lane < LANES; lane++) {
            applied += positions.load(lane).nextSequence();
        }
        return applied;
    }
}
