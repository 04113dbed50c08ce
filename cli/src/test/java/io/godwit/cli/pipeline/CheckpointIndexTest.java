package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.client.Replication;
import io.godwit.client.TopicSetup;
import io.godwit.directory.CheckpointNames;
import io.godwit.producer.SendOptions;
import io.godwit.producer.SourceException;
import io.godwit.record.CheckpointChunk;
import io.godwit.record.CheckpointEntry;
import io.godwit.report.PageCounts;
import io.godwit.topic.Topics;
import io.godwit.transformer.Transformer;
import io.godwit.transformer.TransformerConfig;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints in Kafka: their names, and what sender and transformer make of them. */
@Timeout(120)
class CheckpointIndexTest {
    private static final int PAGE = 4096;
    private static final int PAGES = 12_000;

    @TempDir
    static Path temp;

    private static Cluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start(temp);
        try (Admin admin = cluster.newAdmin()) {
            TopicSetup.ensureShared(admin, Replication.OF_BROKERS);
        }
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aTransformerThatIsStartedAgainKnowsEveryPageOnceItRuns() throws Exception {
        TestMemory memory = TestMemory.mixed(PAGES, 1);
        String checkpoint = "c".repeat(64);
        List<CheckpointChunk> chunks = chunks(checkpoint, hashed(memory));
        assertThat(chunks).hasSizeGreaterThan(1);
        // Out of order, one twice, and among others that nobody can read.
        append(chunks.get(1));
        cluster.append(Topics.CHECKPOINTS, 0, CheckpointChunk.key("d".repeat(64), 0), new byte[] {1});
        cluster.append(Topics.CHECKPOINTS, 0, "no-chunk", new byte[] {1});
        chunks.forEach(CheckpointIndexTest::append);
        publish("base", checkpoint, PAGE);

        for (String migration : List.of("first", "second")) {
            Transformer transformer = cluster.transform();
            PageCounts sent = cluster.send(
                            SendOptions.of(migration).withCheckpoints(List.of("base", "base")),
                            new ScriptedGuest(memory).round(() -> {}))
                    .get()
                    .summary()
                    .pages();
            transformer.close();

            assertThat(sent.hash()).as(migration).isEqualTo(hashedPages(memory));
            assertThat(sent.normal()).as(migration).isZero();
        }
    }

    @Test
    void aTransformerCanBeClosedWhileItReadsCheckpoints() throws Exception {
        byte[] hashes = new byte[CheckpointChunk.MAX_HASHES * 32];
        int chunks = 400;
        cluster.append(IntStream.range(0, chunks)
                .mapToObj(chunk -> new CheckpointChunk("e".repeat(64), PAGE, chunk, chunks, hashes))
                .map(chunk -> new ProducerRecord<>(Topics.CHECKPOINTS, 0, chunk.key(), chunk.encode()))
                .toList());
        Transformer transformer =
                new Transformer(TransformerConfig.of(cluster.clients(), temp.resolve("closed-early")));
        Background<Boolean> started = Background.start("start", () -> {
            transformer.start();
            return true;
        });
        await().atMost(Background.PATIENCE).until(() -> Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().endsWith("-GlobalStreamThread")));

        transformer.close();

        assertThat(started.get()).isTrue();
        assertThat(transformer.awaitTermination()).isEmpty();
    }

    @Test
    void aNameThatIsNotKnownEndsASendBeforeItsAttemptIsClaimed() throws Exception {
        publish("known", "a".repeat(64), PAGE);
        ScriptedGuest guest = new ScriptedGuest(TestMemory.mixed(8, 1)).round(() -> {});

        assertThatThrownBy(
                        () -> cluster.send(SendOptions.of("typo").withCheckpoints(List.of("known", "unknown")), guest)
                                .get())
                .isInstanceOf(SourceException.class)
                .hasMessage("no checkpoint is named unknown, only " + String.join(", ", names())
                        + "; add it first (godwit checkpoint add unknown)");
        assertThat(cluster.find("typo")).isEmpty();
    }

    @Test
    void aCheckpointOfAnotherPageSizeEndsASend() throws Exception {
        publish("large-pages", "b".repeat(64), 8192);
        ScriptedGuest guest = new ScriptedGuest(TestMemory.mixed(8, 1)).round(() -> {});

        assertThatThrownBy(
                        () -> cluster.send(SendOptions.of("other-pages").withCheckpoints(List.of("large-pages")), guest)
                                .get())
                .isInstanceOf(SourceException.class)
                .hasMessage("checkpoint large-pages has pages of 8192 bytes, the guest has pages of 4096:"
                        + " leave out --checkpoint large-pages, or add a checkpoint of this guest");
    }

    @Test
    void namesAreThoseThatWerePublishedAndNotRemoved() throws Exception {
        try (CheckpointNames names = new CheckpointNames(cluster.clients(), Cluster.PATIENCE)) {
            CheckpointEntry older = entry("names-a", "1".repeat(64), PAGE);
            CheckpointEntry newer = entry("names-a", "2".repeat(64), PAGE);
            CheckpointEntry other = entry("names-b", "2".repeat(64), PAGE);
            names.publish(older);
            assertThat(names.find("names-a")).contains(older);

            names.publish(newer);
            names.publish(other);
            cluster.append(Topics.CHECKPOINT_NAMES, 0, "names-c", new byte[] {1, 2});
            cluster.append(Topics.CHECKPOINT_NAMES, 0, "names-d", other.encode());
            assertThat(names.list()).contains(newer, other).doesNotContain(older);
            assertThat(names()).contains("names-a", "names-b").doesNotContain("names-c", "names-d");

            names.remove("names-a");
            assertThat(names.find("names-a")).isEmpty();
            assertThat(names()).contains("names-b").doesNotContain("names-a");
            names.remove("names-b");
        }
    }

    /** Read by a client of its own. */
    private static List<String> names() throws Exception {
        try (CheckpointNames names = new CheckpointNames(cluster.clients(), Cluster.PATIENCE)) {
            return names.list().stream().map(CheckpointEntry::name).toList();
        }
    }

    private static void publish(String name, String checkpoint, int pageSize) throws Exception {
        try (CheckpointNames names = new CheckpointNames(cluster.clients(), Cluster.PATIENCE)) {
            names.publish(entry(name, checkpoint, pageSize));
        }
    }

    private static CheckpointEntry entry(String name, String checkpoint, int pageSize) {
        return new CheckpointEntry(name, checkpoint, pageSize, 10, 5, "ram-dir", 1);
    }

    private static void append(CheckpointChunk chunk) {
        cluster.append(List.of(new ProducerRecord<>(Topics.CHECKPOINTS, 0, chunk.key(), chunk.encode())));
    }

    private static Stream<byte[]> pages(TestMemory memory) {
        return IntStream.range(0, PAGES)
                .mapToObj(page -> Arrays.copyOfRange(memory.bytes(0), page * PAGE, (page + 1) * PAGE));
    }

    private static boolean isUniform(byte[] page) {
        byte[] expected = new byte[PAGE];
        Arrays.fill(expected, page[0]);
        return Arrays.equals(page, expected);
    }

    private static long hashedPages(TestMemory memory) {
        return pages(memory).filter(page -> !isUniform(page)).count();
    }

    /** SHA-256 of each content, ascending. */
    private static Collection<byte[]> hashed(TestMemory memory) {
        return pages(memory)
                .filter(page -> !isUniform(page))
                .map(CheckpointIndexTest::sha256)
                .map(ByteBuffer::wrap)
                .distinct()
                .map(ByteBuffer::array)
                .sorted(Arrays::compareUnsigned)
                .toList();
    }

    private static List<CheckpointChunk> chunks(String checkpoint, Collection<byte[]> hashes) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        hashes.forEach(joined::writeBytes);
        byte[] all = joined.toByteArray();
        int count = CheckpointChunk.chunksOf(hashes.size());
        int chunkBytes = CheckpointChunk.MAX_HASHES * 32;
        return IntStream.range(0, count)
                .mapToObj(chunk -> new CheckpointChunk(
                        checkpoint,
                        PAGE,
                        chunk,
                        count,
                        Arrays.copyOfRange(all, chunk * chunkBytes, Math.min(all.length, (chunk + 1) * chunkBytes))))
                .toList();
    }

    private static byte[] sha256(byte[] page) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(page);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
