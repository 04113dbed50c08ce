package io.godwit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.godwit.cli.broker.BrokerOptions;
import io.godwit.cli.broker.EmbeddedBroker;
import io.godwit.client.ClientSettings;
import io.godwit.client.Replication;
import io.godwit.client.TopicSetup;
import io.godwit.directory.MigrationDirectory;
import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationStatus;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import io.godwit.record.StreamBody;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.topic.Topics;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands that look at a cluster, on a real broker. */
@Timeout(60)
class ClusterCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Manifest MANIFEST = new Manifest(4096, List.of(new RamBlock("pc.ram", 64 << 12)));

    @TempDir
    static Path data;

    private static EmbeddedBroker broker;
    private static ClientSettings clients;

    @TempDir
    Path temp;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(new BrokerOptions(0, data.resolve("broker")));
        clients = ClientSettings.of(broker.bootstrapServers());
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @Test
    void listAndTopicsOfAnUntouchedClusterAreEmptyAndCreateNothing() throws Exception {
        try (EmbeddedBroker untouched = EmbeddedBroker.start(new BrokerOptions(0, temp.resolve("untouched")))) {
            CommandRun list = CommandRun.of("list", "--bootstrap-server", untouched.bootstrapServers());
            CommandRun topics = CommandRun.of("topics", "--bootstrap-server", untouched.bootstrapServers(), "--json");

            assertThat(list).isEqualTo(new CommandRun(0, "No migrations.\n", ""));
            assertThat(topics).isEqualTo(new CommandRun(0, "{\"topics\":[]}\n", ""));
        }
    }

    @Test
    void describeReadsTheStreamAlone() throws Exception {
        stream("described", 2, new RoundEnd(1), new EndOfStream(32, 1));

        CommandRun json = run("describe", "described", "--json");
        CommandRun text = run("describe", "described");

        assertThat(json.status()).isZero();
        JsonNode description = JSON.readTree(json.out());
        assertThat(description.fieldNames())
                .toIterable()
                .containsExactly(
                        "migration",
                        "stream",
                        "source",
                        "createdMillis",
                        "pageSize",
                        "blocks",
                        "lanes",
                        "attempt",
                        "rounds",
                        "records",
                        "repeated",
                        "expired",
                        "pages",
                        "bytes",
                        "deviceStateBytes",
                        "lanesEnded",
                        "ended",
                        "digest",
                        "problems",
                        "attempts",
                        "handover");
        assertThat(description.get("blocks").toString()).isEqualTo("[{\"id\":\"pc.ram\",\"length\":262144}]");
        assertThat(description.get("records").asInt()).isEqualTo(6);
        assertThat(description.get("ended").asBoolean()).isTrue();
        assertThat(description.get("digest").asText()).isEqualTo("0000000000000002");
        assertThat(text.out()).contains("pc.ram, 256 KiB, 64 pages", "2, of which 2 have ended");
    }

    @Test
    void whatIsNoRecordOfTheStreamIsNamed() throws Exception {
        stream("damaged", 1, new RoundEnd(1));
        try (KafkaProducer<String, byte[]> producer = clients.newProducer(1 << 20, Duration.ofSeconds(10))) {
            producer.send(new ProducerRecord<>(Topics.stream("damaged"), 0, "damaged/0", "junk".getBytes(UTF_8)))
                    .get();
        }

        CommandRun run = run("describe", "damaged");

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("cannot be completed", "lane 0, offset 2: record cannot be read");
    }

    @Test
    void anUnknownMigrationIsOneLineAndExitCode1() {
        for (String command : List.of("describe", "delete")) {
            CommandRun run = run(command, "nobody");

            assertThat(run.status()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.errLines())
                    .last()
                    .asString()
                    .isEqualTo("godwit: there is no migration nobody; 'godwit list' shows those that there are");
            assertThat(run.err()).doesNotContain("\tat ");
        }
    }

    @Test
    void aDeletedMigrationIsGoneAndItsNameCanBeUsedAgain() throws Exception {
        String first = stream("phoenix", 1, new RoundEnd(1));
        announce("phoenix");
        assertThat(run("list").out()).contains("phoenix", "sending");

        CommandRun deleted = run("delete", "phoenix", "--json");

        assertThat(deleted).isEqualTo(new CommandRun(0, "{\"migration\":\"phoenix\",\"status\":\"deleted\"}\n", ""));
        assertThat(run("list").out()).doesNotContain("phoenix");
        assertThat(run("describe", "phoenix").status()).isEqualTo(1);
        assertThat(run("delete", "phoenix").status()).isEqualTo(1);
        assertThat(stream("phoenix", 3, new RoundEnd(1))).isNotEqualTo(first);
        assertThat(run("describe", "phoenix").status()).isZero();
    }

    @Test
    void aDeletionThatStoppedHalfWayIsCompletedByAnother() throws Exception {
        announce("half");

        assertThat(run("delete", "half").status()).isZero();

        assertThat(run("list").out()).doesNotContain("half");
    }

    @Test
    void listTellsWhatTheDirectoryKnows() throws Exception {
        announce("listed");

        JsonNode rows = JSON.readTree(run("list", "--json").out()).get("migrations");

        JsonNode row = null;
        for (JsonNode candidate : rows) {
            row = candidate.get("migration").asText().equals("listed") ? candidate : row;
        }
        assertThat(row).isNotNull();
        assertThat(row.fieldNames())
                .toIterable()
                .containsExactly(
                        "migration",
                        "state",
                        "complete",
                        "attempt",
                        "lanes",
                        "lanesEnded",
                        "guestBytes",
                        "source",
                        "reason",
                        "atMillis");
        assertThat(row.get("guestBytes").asLong()).isEqualTo(262144);
        assertThat(row.get("complete").asBoolean()).isFalse();
    }

    @Test
    void topicsTellsPartitionsRetentionAndBytes() throws Exception {
        stream("weighed", 3, new RoundEnd(1));

        JsonNode rows = JSON.readTree(run("topics", "--json").out()).get("topics");

        JsonNode row = null;
        for (JsonNode candidate : rows) {
            row = candidate.get("topic").asText().equals(Topics.stream("weighed")) ? candidate : row;
        }
        assertThat(row).isNotNull();
        assertThat(row.get("partitions").asInt()).isEqualTo(3);
        assertThat(row.get("retentionMillis").asLong()).isEqualTo(3_600_000);
        assertThat(row.get("bytes").asLong()).isPositive();
        assertThat(run("topics").out()).contains("godwit.stream.weighed", "1 h");
    }

    @Test
    void aBrokerThatDoesNotAnswerIsNamedWithinTenSeconds() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        long begun = System.nanoTime();

        CommandRun run = CommandRun.of("list", "--bootstrap-server", "127.0.0.1:" + port);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errLines()).hasSize(1).first().asString().contains("no broker answers at 127.0.0.1:" + port);
    }

    @Test
    void anAddressThatIsNoneIsOneLine() {
        for (String address : List.of("nowhere", "no.such.host.invalid:9092", ":", "127.0.0.1:99999")) {
            CommandRun run = CommandRun.of("list", "--bootstrap-server", address);

            assertThat(run.status()).isEqualTo(1);
            assertThat(run.errLines())
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("Kafka does not accept the settings for " + address, "--bootstrap-server");
        }
    }

    @Test
    void theCommandConfigFileReachesTheClients() throws Exception {
        Path config = Files.writeString(temp.resolve("client.properties"), "security.protocol=CARRIER_PIGEON\n");

        CommandRun wrong = run("list", "--command-config", config.toString());
        CommandRun missing =
                run("list", "--command-config", temp.resolve("missing").toString());

        assertThat(wrong.status()).isEqualTo(1);
        assertThat(wrong.errLines()).hasSize(1).first().asString().contains("CARRIER_PIGEON");
        assertThat(missing.status()).isEqualTo(1);
        assertThat(missing.errLines()).hasSize(1).first().asString().contains("there is no file", "missing");
    }

    @Test
    void aStackTraceIsShownWhenAskedFor() {
        CommandRun run = run("delete", "nobody", "--verbose");

        assertThat(run.err()).contains("\tat io.godwit.cli.");
    }

    private static CommandRun run(String... arguments) {
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--bootstrap-server";
        all[arguments.length + 1] = broker.bootstrapServers();
        return CommandRun.of(all);
    }

    /** A stream as the transformer leaves it: start and {@code bodies} in each lane. Returns the topic's id. */
    private static String stream(String migration, int lanes, StreamBody... bodies) throws Exception {

        try (Admin admin = clients.newAdmin();
                KafkaProducer<String, byte[]> producer = clients.newProducer(1 << 20, Duration.ofSeconds(10))) {
            String id = TopicSetup.ensureStream(admin, migration, lanes, Duration.ofHours(1), Replication.OF_BROKERS)
                    .topicId()
                    .toString();
            for (int lane = 0; lane < lanes; lane++) {
                StreamBody start = new StreamStart(id, MANIFEST, lanes, 512, List.of(), "synthetic", 1);
                send(producer, new StreamRecord(migration, 1, lane, 0, start));
                for (int body = 0; body < bodies.length; body++) {
                    send(producer, new StreamRecord(migration, 1, lane, body + 1, bodies[body]));
                }
            }
            return id;
        }
    }

    private static void send(KafkaProducer<String, byte[]> producer, StreamRecord record) throws Exception {
        String key = Topics.laneKey(record.migration(), record.lane());
        producer.send(new ProducerRecord<>(
                        Topics.stream(record.migration()), record.lane(), key, StreamRecordEncoder.encode(record)))
                .get();
    }

    private static void announce(String migration) throws Exception {
        try (Admin admin = clients.newAdmin()) {
            TopicSetup.ensureShared(admin, Replication.OF_BROKERS);
        }
        try (MigrationDirectory directory = new MigrationDirectory(clients, Duration.ofSeconds(10))) {
            int attempt = directory.claimAttempt(migration);
            directory.publish(new MigrationStatus(
                    migration,
                    attempt,
                    MigrationState.SENDING,
                    directory.agent(),
                    "",
                    MigrationStatus.NO_LANE,
                    2,
                    262144,
                    "synthetic",
                    "",
                    System.currentTimeMillis()));
        }
    }
}
