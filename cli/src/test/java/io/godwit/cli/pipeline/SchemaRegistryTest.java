package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.godwit.cli.pipeline.Cluster.Command;
import io.godwit.client.ClientSettings;
import io.godwit.consumer.ReceiveOptions;
import io.godwit.consumer.Receiver;
import io.godwit.directory.MigrationDirectory;
import io.godwit.producer.SendOptions;
import io.godwit.producer.SendReport;
import io.godwit.producer.Sender;
import io.godwit.producer.source.SyntheticGuest;
import io.godwit.producer.source.SyntheticSpec;
import io.godwit.record.SchemaRegistry;
import io.godwit.record.Schemas;
import io.godwit.record.WireFormat;
import io.godwit.registry.RegistryClient;
import io.godwit.registry.RegistryException;
import io.godwit.report.RoleReport;
import io.godwit.topic.Topics;
import io.godwit.transformer.Transformer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Migrations with a schema registry: what is in the topics then, and what becomes of them where it is away or refuses. */
@Timeout(120)
final class SchemaRegistryTest {
    private static final String GUEST = "memory=4M,writes=0";
    private static final String SECRET = "s3cr3t";
    private static final int PAGE_CACHE_BYTES = 16 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path temp;

    private RegistryServer registry;
    private Cluster cluster;

    @BeforeEach
    void start() throws Exception {
        registry = new RegistryServer();
        cluster = Cluster.start(temp);
    }

    @AfterEach
    void stop() {
        cluster.close();
        registry.close();
    }

    /** Clients of a process of its own. */
    private ClientSettings registered() {
        return cluster.clients().withFormat(WireFormat.of(new RegistryClient(registry.url(), Map.of(), true)));
    }

    private Command send(String migration) {
        return cluster.run("send", migration, "--synthetic", GUEST, "--json", "--schema-registry", registry.url());
    }

    private Command receive(String migration) {
        return cluster.run(
                "receive",
                migration,
                "--ram-dir",
                temp.resolve("target-" + migration).toString(),
                "--json",
                "--schema-registry",
                registry.url());
    }

    @Test
    void everyRecordOfAMigrationIsInConfluentsFormatUnderItsRecordsName() throws Exception {
        cluster.transform(PAGE_CACHE_BYTES, registered());

        Command sent = send("vm");
        Command received = receive("vm");

        assertThat(sent.status()).as(sent.err()).isZero();
        assertThat(received.status()).as(received.err()).isZero();
        assertThat(digest(received)).isEqualTo(digest(sent));
        for (String topic : List.of(Topics.PAGES, Topics.stream("vm"), Topics.MIGRATIONS)) {
            List<byte[]> values = values(topic);
            assertThat(values).as(topic).isNotEmpty().allMatch(value -> value[0] == 0);
        }
        assertThat(registry.subjects())
                .containsExactlyInAnyOrder(
                        "io.godwit.StreamRecord", "io.godwit.MigrationStatus", "io.godwit.DeadLetter");
        assertThat(cluster.run("describe", "vm", "--schema-registry", registry.url())
                        .status())
                .isZero();
    }

    @Test
    void topicsOfBothFormatsAreReadOnceARegistryIsUsed() throws Exception {
        Transformer before = cluster.transform(PAGE_CACHE_BYTES);
        assertThat(cluster.run("send", "before", "--synthetic", GUEST).status()).isZero();
        before.close();
        cluster.transform(PAGE_CACHE_BYTES, registered());

        assertThat(send("after").status()).isZero();

        for (String migration : List.of("before", "after")) {
            Command received = receive(migration);
            assertThat(received.status()).as(received.err()).isZero();
            assertThat(JSON.readTree(received.out()).get("verified").asBoolean())
                    .isTrue();
        }
        assertThat(values(Topics.MIGRATIONS)).anyMatch(value -> value[0] == 0).anyMatch(value -> value[0] != 0);
    }

    @Test
    void checkpointsAreInConfluentsFormatAndTheirPagesBecomeHashes() throws Exception {
        Path memory = Files.createDirectory(temp.resolve("memory"));
        byte[] pages = new byte[16 * 4096];
        new Random(1).nextBytes(pages);
        Files.write(memory.resolve("pc.ram"), pages);
        String url = registry.url();

        Command added = cluster.run(
                "checkpoint",
                "add",
                "base",
                "--ram-dir",
                memory.toString(),
                "--checkpoint-dir",
                temp.resolve("checkpoints").toString(),
                "--schema-registry",
                url);
        cluster.transform(PAGE_CACHE_BYTES, registered());
        Command sent = cluster.run(
                "send",
                "vm",
                "--ram-dir",
                memory.toString(),
                "--checkpoint",
                "base",
                "--json",
                "--schema-registry",
                url);

        assertThat(added.status()).as(added.err()).isZero();
        assertThat(sent.status()).as(sent.err()).isZero();
        assertThat(JSON.readTree(sent.out()).get("pages").get("hash").asInt()).isEqualTo(16);
        for (String topic : List.of(Topics.CHECKPOINTS, Topics.CHECKPOINT_NAMES)) {
            assertThat(values(topic)).as(topic).isNotEmpty().allMatch(value -> value[0] == 0);
        }
    }

    @Test
    void aRegistryThatIsAwayOnceRolesRunStopsNoMigration() throws Exception {
        ClientSettings clients = registered();
        cluster.transform(PAGE_CACHE_BYTES, clients);
        clients.format().prepare(Schemas.STREAM_RECORD);
        int asked = registry.requests();
        registry.close();

        RoleReport received;
        SendReport sent;
        try (SyntheticGuest guest = new SyntheticGuest(SyntheticSpec.parse(GUEST))) {
            guest.boot();
            sent = new Sender(SendOptions.of("vm").withPatience(Cluster.PATIENCE), guest, clients).send();
            received = new Receiver(ReceiveOptions.of("vm", temp.resolve("target")), clients).receive();
        }

        assertThat(sent.summary().status()).isEqualTo(SendReport.COMPLETED);
        assertThat(received.digest()).isEqualTo(sent.summary().digest());
        assertThat(registry.requests()).isEqualTo(asked);
    }

    @Test
    void aTransformerThatCannotAskForASchemaTriesAgain() throws Exception {
        FailingRegistry failing = new FailingRegistry(new RegistryClient(registry.url(), Map.of(), true));
        cluster.transform(PAGE_CACHE_BYTES, cluster.clients().withFormat(WireFormat.of(failing)));

        Command sent = send("vm");
        Command received = receive("vm");

        assertThat(sent.status()).as(sent.err()).isZero();
        assertThat(received.status()).as(received.err()).isZero();
        assertThat(digest(received)).isEqualTo(digest(sent));
        assertThat(failing.failuresLeft).isZero();
    }

    @Test
    void anEntryWhoseSchemaCannotBeAskedForNowIsNotPassedOver() throws Exception {
        cluster.transform(PAGE_CACHE_BYTES, registered());
        assertThat(send("vm").status()).isZero();
        try (MigrationDirectory directory = new MigrationDirectory(registered(), Cluster.PATIENCE)) {
            registry.refuse(true);
            assertThatThrownBy(() -> directory.find("vm")).isInstanceOf(RegistryException.class);
            registry.refuse(false);

            assertThat(directory.find("vm").orElseThrow().isComplete()).isTrue();
        }
    }

    @Test
    void aRegistryThatRefusesStopsASenderBeforeItHasBegun() throws Exception {
        cluster.transform(PAGE_CACHE_BYTES);
        registry.refuse(true);

        Command sent = cluster.run(
                "send",
                "vm",
                "--synthetic",
                GUEST,
                "--verbose",
                "--schema-registry",
                "http://me:" + SECRET + "@" + registry.address());

        assertThat(sent.status()).isEqualTo(1);
        assertThat(sent.err())
                .contains(
                        "migration vm could not be begun: the schema registry " + registry.url(), "(401: Unauthorized)")
                .doesNotContain(SECRET);
        assertThat(sent.out()).doesNotContain(SECRET);
        assertThat(cluster.find("vm")).isEmpty();
    }

    @Test
    void withoutTheRegistryThatOthersUseNoCommandGuessesWhoHasAGuest() throws Exception {
        cluster.transform(PAGE_CACHE_BYTES, registered());
        assertThat(send("vm").status()).isZero();

        for (String[] command : new String[][] {{"list"}, {"send", "vm", "--synthetic", GUEST}}) {
            Command run = cluster.run(command);

            assertThat(run.status()).isEqualTo(1);
            assertThat(run.message())
                    .contains("godwit.migrations has entries in Confluent's wire format", "give --schema-registry");
        }
    }

    @Test
    void aSchemaIsNotRegisteredWhereThatIsForbidden() {
        Command sent = cluster.run(
                "send", "vm", "--synthetic", GUEST, "--schema-registry", registry.url(), "--no-auto-register");

        assertThat(sent.status()).isEqualTo(1);
        assertThat(sent.message())
                .contains("does not know this version of io.godwit.StreamRecord, and --no-auto-register forbids");
        assertThat(registry.subjects()).isEmpty();
    }

    @Test
    void registeringCannotBeForbiddenWithoutARegistry() {
        Command sent = cluster.run("send", "vm", "--synthetic", GUEST, "--no-auto-register");

        assertThat(sent.status()).isEqualTo(2);
        assertThat(sent.err()).contains("--schema-registry");
    }

    @Test
    void aUrlThatIsNoneIsNotQuoted() {
        Command sent =
                cluster.run("send", "vm", "--synthetic", GUEST, "--schema-registry", "me:" + SECRET + "@registry");

        assertThat(sent.status()).isEqualTo(1);
        assertThat(sent.message()).contains("URL number 1 is not of the form").doesNotContain(SECRET);
    }

    /** Fails twice when it is to tell a schema. */
    private static final class FailingRegistry implements SchemaRegistry {
        private final SchemaRegistry registry;
        private volatile int failuresLeft = 2;

        FailingRegistry(SchemaRegistry registry) {
            this.registry = registry;
        }

        @Override
        public int id(String subject, String schema) {
            return registry.id(subject, schema);
        }

        @Override
        public synchronized Optional<String> schema(int id) {
            if (failuresLeft > 0) {
                failuresLeft--;
                throw new RegistryException("no schema registry answers");
            }
            return registry.schema(id);
        }

        @Override
        public String name() {
            return registry.name();
        }
    }

    private List<byte[]> values(String topic) {
        return cluster.read(topic).stream()
                .flatMap(List::stream)
                .map(ConsumerRecord::value)
                .filter(value -> value != null)
                .toList();
    }

    private static String digest(Command command) throws Exception {
        JsonNode report = JSON.readTree(command.out());
        return report.get("digest").asText();
    }
}
