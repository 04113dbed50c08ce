package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.godwit.cli.broker.BrokerOptions;
import io.godwit.cli.broker.EmbeddedBroker;
import io.godwit.client.ClientSettings;
import io.godwit.record.CheckpointChunk;
import io.godwit.topic.Topics;
import io.godwit.transformer.Transformer;
import io.godwit.transformer.TransformerConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code godwit checkpoint} and {@code send --elf} on a real broker and a real transformer. */
@Timeout(120)
class CheckpointCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAGE = 4096;
    private static final int PAGES = 5000;

    @TempDir
    static Path data;

    private static EmbeddedBroker broker;
    private static Transformer transformer;

    @TempDir
    Path temp;

    @BeforeAll
    static void startCluster() throws Exception {
        broker = EmbeddedBroker.start(new BrokerOptions(0, data.resolve("broker")));
        ClientSettings clients = ClientSettings.of(broker.bootstrapServers());
        transformer = new Transformer(
                TransformerConfig.of(clients, data.resolve("state")).withPageCacheBytes(16 << 20));
        transformer.start();
    }

    @AfterAll
    static void stopCluster() {
        transformer.close();
        broker.close();
    }

    @Test
    void aCheckpointIsAddedPublishedListedAndRemoved() throws Exception {
        Path memory = ramDirectory("memory", 1);

        JsonNode added = json(add("base", "--ram-dir", memory, "host"));

        assertThat(added.get("status").asText()).isEqualTo("added");
        assertThat(added.get("pages").asInt()).isEqualTo(PAGES);
        assertThat(added.get("hashes").asInt()).isEqualTo(PAGES);
        String id = added.get("checkpoint").asText();
        assertThat(chunks(id)).hasSize(2);
        assertThat(listed("base", "host").get("held").asBoolean()).isTrue();
        assertThat(listed("base", "another").get("held").asBoolean()).isFalse();
        CommandRun table = run("checkpoint", "list", "--checkpoint-dir", path("host"));
        assertThat(table.outLines()).anyMatch(line -> line.startsWith("base") && line.endsWith("held here"));

        JsonNode removed = json(remove("base", "host"));

        assertThat(removed.get("cluster").asBoolean()).isTrue();
        assertThat(removed.get("host").asBoolean()).isTrue();
        assertThat(chunks(id)).isEmpty();
        assertThat(listed("base", "host")).isNull();
        CommandRun again = remove("base", "host");
        assertThat(again.status()).isEqualTo(1);
        assertThat(again.errLines()).singleElement().asString().contains("there is no checkpoint base");
    }

    @Test
    void theSameContentOnAnotherHostPublishesNothingAgain() throws Exception {
        Path memory = ramDirectory("memory", 2);
        String id = json(add("one", "--ram-dir", memory, "host-a"))
                .get("checkpoint")
                .asText();
        long written = end(Topics.CHECKPOINTS);
        long named = end(Topics.CHECKPOINT_NAMES);

        JsonNode held = json(add("one", "--ram-dir", memory, "host-b"));

        assertThat(held.get("status").asText()).isEqualTo("held");
        assertThat(held.get("checkpoint").asText()).isEqualTo(id);
        assertThat(end(Topics.CHECKPOINTS)).isEqualTo(written);
        assertThat(end(Topics.CHECKPOINT_NAMES)).isEqualTo(named);
        assertThat(json(add("one-more", "--ram-dir", memory, "host-b"))
                        .get("status")
                        .asText())
                .isEqualTo("added");
        assertThat(end(Topics.CHECKPOINTS)).as("another name, the same hashes").isEqualTo(written);

        remove("one", "host-a");
        assertThat(chunks(id)).as("a name is left").hasSize(2);
        remove("one-more", "host-b");
        assertThat(chunks(id)).isEmpty();
    }

    @Test
    void otherContentUnderAPublishedNameIsRefusedAndLeavesNothing() throws Exception {
        add("taken", "--ram-dir", ramDirectory("memory", 3), "host-a");
        long written = end(Topics.CHECKPOINTS);

        CommandRun refused = add("taken", "--ram-dir", ramDirectory("other", 4), "host-b");

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("taken is published already with other content", "remove it first");
        assertThat(end(Topics.CHECKPOINTS)).isEqualTo(written);
        assertThat(listed("taken", "host-b").get("held").asBoolean()).isFalse();
        try (Stream<Path> left = Files.list(temp.resolve("host-b"))) {
            assertThat(left).containsExactly(temp.resolve("host-b/.lock"));
        }
    }

    @Test
    void aPublicationThatFailsInTheMiddleLeavesNoName() throws Exception {
        // A full chunk does not pass, the last one and the name would.
        Path config = Files.writeString(temp.resolve("client.properties"), "max.request.size=60000\n");
        Path memory = ramDirectory("memory", 10);

        CommandRun failed = run(
                "checkpoint",
                "add",
                "half",
                "--ram-dir",
                memory.toString(),
                "--checkpoint-dir",
                path("host"),
                "--command-config",
                config.toString());

        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.errLines()).last().asString().contains("hashes of a checkpoint", "cannot be written");
        assertThat(listed("half", "host")).isNull();
        assertThat(json(add("half", "--ram-dir", memory, "host")).get("status").asText())
                .isEqualTo("added");
        assertThat(chunks(listed("half", "host").get("checkpoint").asText())).hasSize(2);
    }

    @Test
    void twoHostsThatAddAtOnceEndWithOneCheckpoint() throws Exception {
        Path memory = ramDirectory("memory", 5);
        ExecutorService hosts = Executors.newFixedThreadPool(2);
        List<JsonNode> both = new ArrayList<>();
        try {
            List<Callable<CommandRun>> additions = List.of(
                    () -> add("both", "--ram-dir", memory, "host-a"), () -> add("both", "--ram-dir", memory, "host-b"));
            for (Future<CommandRun> run : hosts.invokeAll(additions)) {
                both.add(json(run.get()));
            }
        } finally {
            hosts.shutdown();
        }
        String id = both.get(0).get("checkpoint").asText();
        assertThat(both.get(1).get("checkpoint").asText()).isEqualTo(id);
        assertThat(chunks(id)).hasSize(2);
        assertThat(listed("both", "host-a").get("checkpoint").asText()).isEqualTo(id);
        assertThat(listed("both", "host-b").get("held").asBoolean()).isTrue();
    }

    @Test
    void whatOnlyOneSideKnowsCanBeRemoved() throws Exception {
        Path memory = ramDirectory("memory", 6);
        add("lone", "--ram-dir", memory, "host");

        assertThat(json(run("checkpoint", "remove", "lone", "--json"))
                        .get("host")
                        .asBoolean())
                .isFalse();
        assertThat(listed("lone", "host").get("published").asBoolean()).isFalse();
        JsonNode removed = json(remove("lone", "host"));
        assertThat(removed.get("cluster").asBoolean()).isFalse();
        assertThat(removed.get("host").asBoolean()).isTrue();
    }

    @Test
    void aDumpIsSentAndACheckpointIsMadeOfTheMigration() throws Exception {
        byte[] first = random(7, 300);
        byte[] second = random(8, 200);
        Path dump = elf(first, second);

        CommandRun sent = run("send", "dumped", "--elf", dump.toString(), "--json");
        assertThat(sent.status()).as(sent.err()).isZero();
        CommandRun received = run("receive", "dumped", "--ram-dir", path("target"), "--json");
        assertThat(received.status()).as(received.err()).isZero();

        assertThat(Files.readAllBytes(temp.resolve("target/elf-0.ram"))).isEqualTo(first);
        byte[] withZeros = Files.readAllBytes(temp.resolve("target/elf-100000000.ram"));
        assertThat(withZeros).hasSize(second.length + 2 * PAGE).startsWith(second);

        JsonNode ofMigration = json(add("trip", "--migration", "dumped", "host-a"));
        JsonNode ofDump = json(add("dump", "--elf", dump, "host-b"));
        assertThat(ofMigration.get("checkpoint")).isEqualTo(ofDump.get("checkpoint"));
        assertThat(ofMigration.get("pages")).isEqualTo(ofDump.get("pages"));
        assertThat(temp.resolve("host-a/trip/memory/manifest.json")).exists();
    }

    @Test
    void aDumpThatATargetHoldsCutsTheStreamToHashes() throws Exception {
        byte[] first = random(11, 300);
        JsonNode added = json(add("earlier", "--elf", elf(first, random(12, 200)), "host"));
        Path source = Files.createDirectories(temp.resolve("guest"));
        Files.write(source.resolve("pc.ram"), first);
        AtomicInteger migrations = new AtomicInteger();

        // The transformer hears of it a moment later.
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            String name = "known-" + migrations.incrementAndGet();
            JsonNode sent =
                    json(run("send", name, "--ram-dir", source.toString(), "--checkpoint", "earlier", "--json"));
            assertThat(sent.get("pages").get("hash").asInt()).isEqualTo(300);
        });

        CommandRun received = run(
                "receive",
                "known-" + migrations.get(),
                "--ram-dir",
                path("target"),
                "--checkpoint-dir",
                path("host"),
                "--json");
        assertThat(json(received).get("verified").asBoolean()).isTrue();
        assertThat(Files.readAllBytes(temp.resolve("target/pc.ram"))).isEqualTo(first);
        CommandRun refused = run(
                "receive", "known-" + migrations.get(), "--ram-dir", path("other"), "--checkpoint-dir", path("none"));
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains(added.get("checkpoint").asText().substring(0, 12));
    }

    @Test
    void aMigrationThatIsNotThereLeavesNothing() throws Exception {
        CommandRun refused =
                run("checkpoint", "add", "none", "--migration", "no-such", "--checkpoint-dir", path("host"));

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("there is no migration no-such");
        assertThat(temp.resolve("host")).doesNotExist();
    }

    @Test
    void anUnreachableClusterIsSaidBeforeAnythingIsHashed() throws Exception {
        Path memory = ramDirectory("memory", 9);
        CommandRun failed = CommandRun.of(
                "checkpoint",
                "add",
                "base",
                "--ram-dir",
                memory.toString(),
                "--checkpoint-dir",
                path("host"),
                "--bootstrap-server",
                "127.0.0.1:1");

        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.err()).contains("no broker answers at 127.0.0.1:1").doesNotContain("hashing");
        assertThat(temp.resolve("host")).doesNotExist();
    }

    @Test
    void whatIsNoDumpIsSaidInOneLine() throws Exception {
        Path text = Files.writeString(temp.resolve("text"), "no dump at all, and long enough");

        assertThat(add("base", "--elf", text, "host").errLines())
                .last()
                .asString()
                .startsWith("godwit: " + text + " is not an ELF file");
        assertThat(run("send", "text", "--elf", text.toString()).errLines())
                .last()
                .asString()
                .startsWith("godwit: " + text + " is not an ELF file");
        assertThat(CommandRun.of("checkpoint").status()).isEqualTo(2);
        assertThat(run("checkpoint", "add", ".hidden").status()).isEqualTo(2);
    }

    private CommandRun add(String name, String kind, Object content, String host) {
        return run("checkpoint", "add", name, kind, content.toString(), "--checkpoint-dir", path(host), "--json");
    }

    private CommandRun remove(String name, String host) {
        return run("checkpoint", "remove", name, "--checkpoint-dir", path(host), "--json");
    }

    /** What the list says of a checkpoint; null where it is not listed. */
    private JsonNode listed(String name, String host) throws IOException {
        JsonNode all = json(run("checkpoint", "list", "--checkpoint-dir", path(host), "--json"));
        for (JsonNode checkpoint : all.get("checkpoints")) {
            if (checkpoint.get("name").asText().equals(name)) {
                return checkpoint;
            }
        }
        return null;
    }

    private static CommandRun run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap-server", broker.bootstrapServers()));
        return CommandRun.of(all.toArray(String[]::new));
    }

    private static JsonNode json(CommandRun run) throws IOException {
        assertThat(run.status()).as(run.err()).isZero();
        return JSON.readTree(run.out());
    }

    private String path(String name) {
        return temp.resolve(name).toString();
    }

    /** The chunks of a checkpoint as the topic has them, checked to be one ascending whole. */
    private static Map<Integer, CheckpointChunk> chunks(String id) throws Exception {
        Map<Integer, CheckpointChunk> chunks = new TreeMap<>();
        for (ConsumerRecord<String, byte[]> entry : records(Topics.CHECKPOINTS)) {
            if (entry.key().startsWith(id)) {
                if (entry.value() == null) {
                    chunks.remove(Integer.parseInt(entry.key().substring(id.length() + 1)));
                } else {
                    CheckpointChunk chunk = CheckpointChunk.decode(entry.value());
                    assertThat(entry.key()).isEqualTo(chunk.key());
                    chunks.put(chunk.chunk(), chunk);
                }
            }
        }
        return chunks;
    }

    private static List<ConsumerRecord<String, byte[]>> records(String topic) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<String, byte[]> consumer =
                ClientSettings.of(broker.bootstrapServers()).newConsumer()) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    private static long end(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<String, byte[]> consumer =
                ClientSettings.of(broker.bootstrapServers()).newConsumer()) {
            return consumer.endOffsets(List.of(partition)).get(partition);
        }
    }

    private Path ramDirectory(String name, long seed) throws IOException {
        Path directory = Files.createDirectories(temp.resolve(name));
        Files.write(directory.resolve("pc.ram"), random(seed, PAGES));
        return directory;
    }

    private static byte[] random(long seed, int pages) {
        byte[] bytes = new byte[pages * PAGE];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** A dump of memory at 0, and of memory at 4 GiB with two zero pages behind it. */
    private Path elf(byte[] first, byte[] second) throws IOException {
        int position = 64 + 2 * 56;
        ByteBuffer file =
                ByteBuffer.allocate(position + first.length + second.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        file.putShort((short) 4)
                .putShort((short) 62)
                .putInt(1)
                .putLong(0)
                .putLong(64)
                .putLong(0);
        file.putInt(0)
                .putShort((short) 64)
                .putShort((short) 56)
                .putShort((short) 2)
                .position(64);
        file.putInt(1).putInt(7).putLong(position).putLong(0).putLong(0);
        file.putLong(first.length).putLong(first.length).putLong(0);
        file.putInt(1).putInt(7).putLong(position + first.length).putLong(0).putLong(1L << 32);
        file.putLong(second.length).putLong(second.length + 2L * PAGE).putLong(0);
        file.put(first).put(second);
        return Files.write(temp.resolve("dump.elf"), file.array());
    }
}
