package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.godwit.cli.pipeline.TestMemory.Content;
import io.godwit.directory.MigrationState;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import io.godwit.report.RoleReport;
import io.godwit.topic.Topics;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commands that are told to stop by a signal stop cleanly, and can be gone on with. */
@Timeout(180)
class SignalTest {
    private static final int PAGES = 4096;

    @TempDir
    static Path data;

    private static Cluster cluster;

    @TempDir
    Path temp;

    /** What a shell sends, and the exit code it expects. */
    enum Signal {
        INT(2, 130),
        TERM(15, 143);

        private final int number;
        private final int exitCode;

        Signal(int number, int exitCode) {
            this.number = number;
            this.exitCode = exitCode;
        }

        /** A process that was started with a signal ignored, as in the background of a script, has children that ignore it. */
        void assumeNotIgnored() throws Exception {
            Path status = Path.of("/proc/self/status");
            String mask = Files.readAllLines(status).stream()
                    .filter(line -> line.startsWith("SigIgn:"))
                    .map(line -> line.substring("SigIgn:".length()).strip())
                    .findFirst()
                    .orElse("0");
            assumeFalse(
                    new BigInteger(mask, 16).testBit(number - 1),
                    "this JVM was started with SIG" + name() + " ignored");
        }
    }

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start(data);
        cluster.transform();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @ParameterizedTest
    @EnumSource
    void aSenderThatIsStoppedSaysSoAndCanBeStartedAgain(Signal signal) throws Exception {
        signal.assumeNotIgnored();
        String migration = "send-" + signal;
        // More than what may wait in the sender: as long as pages are to be read, it is not too late to stop.
        TestMemory memory =
                TestMemory.of(new Manifest(4096, List.of(new RamBlock("ram", 64 << 20))), Content.RANDOM, 1);
        memory.save(temp.resolve("source"));
        Background<RoleReport> waiting = cluster.receive(migration, temp.resolve("target"));
        try (RoleProcess sender = send(migration, "--max-bandwidth", "4M")) {
            cluster.awaitStream(migration, 10);
            sender.signal(signal.name());

            assertThat(sender.awaitExit()).as(sender.err()).isEqualTo(signal.exitCode);
            assertThat(sender.json().get("status").asText()).isEqualTo("interrupted");
        }
        assertThat(cluster.find(migration).orElseThrow().state()).isEqualTo(MigrationState.INTERRUPTED);
        assertThat(waiting.isDone()).isFalse();
        try (RoleProcess sender = send(migration)) {
            assertThat(sender.awaitExit()).as(sender.err()).isZero();
            assertThat(sender.json().get("status").asText()).isEqualTo("completed");
        }
        assertThat(waiting.get().verified()).isTrue();
        memory.assertArrivedIn(temp.resolve("target"));
    }

    @ParameterizedTest
    @EnumSource
    void aReceiverThatIsStoppedSaysSoAndGoesOnWhereItWas(Signal signal) throws Exception {
        signal.assumeNotIgnored();
        String migration = "receive-" + signal;
        TestMemory memory = TestMemory.mixed(PAGES, 2);
        Gate gate = new Gate();
        ScriptedGuest guest = new ScriptedGuest(memory).round(() -> {}).round(memory::editAll, gate);
        var sending = cluster.send(migration, guest);
        gate.awaitArrival();
        long fetched;
        try (RoleProcess receiver = receive(migration)) {
            await().atMost(Background.PATIENCE)
                    .until(() -> Files.exists(temp.resolve("target").resolve("manifest.json")));
            receiver.signal(signal.name());

            assertThat(receiver.awaitExit()).as(receiver.err()).isEqualTo(signal.exitCode);
            JsonNode report = receiver.json();
            assertThat(report.get("status").asText()).isEqualTo("interrupted");
            assertThat(report.get("verified").isNull()).isTrue();
            fetched = report.get("bytes").get("wire").asLong();
        }
        gate.open();
        sending.get();
        try (RoleProcess receiver = receive(migration)) {
            assertThat(receiver.awaitExit()).as(receiver.err()).isZero();
            assertThat(receiver.json().get("verified").asBoolean()).isTrue();
            long whole = cluster.receive(migration, temp.resolve("whole"))
                    .get()
                    .bytes()
                    .wire();
            assertThat(fetched + receiver.json().get("bytes").get("wire").asLong())
                    .as("bytes fetched by both, of the stream's")
                    .isEqualTo(whole);
        }
        memory.assertArrivedIn(temp.resolve("target"));
    }

    @ParameterizedTest
    @EnumSource
    void aReceiverThatWaitsForItsStreamIsStoppedAndLeavesNothing(Signal signal) throws Exception {
        signal.assumeNotIgnored();
        try (RoleProcess receiver = receive("never-sent")) {
            await().atMost(Background.PATIENCE)
                    .until(() -> Files.exists(temp.resolve("target").resolve(".godwit")));
            receiver.signal(signal.name());

            assertThat(receiver.awaitExit()).as(receiver.err()).isEqualTo(signal.exitCode);
            assertThat(receiver.json().get("status").asText()).isEqualTo("interrupted");
            assertThat(temp.resolve("target")).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTransformerThatIsStoppedLeavesItsLanesToTheOther(Signal signal) throws Exception {
        signal.assumeNotIgnored();
        String migration = "transform-" + signal;
        TestMemory memory = TestMemory.mixed(PAGES, 3);
        Gate gate = new Gate();
        ScriptedGuest guest = new ScriptedGuest(memory).round(() -> {}).round(memory::editAll, gate);
        try (RoleProcess second = RoleProcess.start(
                        temp, "transform", "--bootstrap-server", cluster.bootstrapServers(), "--page-cache-size", "64M")
                .awaitOutput("Transformer ready")) {
            var sending = cluster.send(migration, guest);
            gate.awaitArrival();
            second.signal(signal.name());
            assertThat(second.awaitExit()).as(second.err()).isEqualTo(signal.exitCode);
            gate.open();
            assertThat(sending.get().summary().status()).isEqualTo("completed");
        }
        cluster.receive(migration, temp.resolve("target")).get();
        memory.assertArrivedIn(temp.resolve("target"));
        assertThat(cluster.records(Topics.stream(migration)))
                .isGreaterThanOrEqualTo(cluster.readIngress(migration).size());
    }

    private RoleProcess send(String migration, String... more) throws Exception {
        return role("send", migration, temp.resolve("source"), more);
    }

    private RoleProcess receive(String migration) throws Exception {
        return role("receive", migration, temp.resolve("target"));
    }

    private RoleProcess role(String command, String migration, Path ramDirectory, String... more) throws Exception {
        String[] arguments = new String[7 + more.length];
        String[] common = {
            command,
            migration,
            "--json",
            "--bootstrap-server",
            cluster.bootstrapServers(),
            "--ram-dir",
            ramDirectory.toString()
        };
        System.arraycopy(common, 0, arguments, 0, common.length);
        System.arraycopy(more, 0, arguments, common.length, more.length);
        return RoleProcess.start(temp, arguments);
    }
}
