package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.cli.pipeline.Cluster.Command;
import io.godwit.cli.pipeline.TestMemory.Write;
import io.godwit.consumer.ReceiveException;
import io.godwit.directory.MigrationState;
import io.godwit.producer.SendReport;
import io.godwit.producer.SourceException;
import io.godwit.record.DeadLetter;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.PageEncoding;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.report.RoleReport;
import io.godwit.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records that nobody can read, on the topics that all migrations share. */
@Timeout(120)
class UnreadableRecordTest {
    private static final int PAGES = 3072;
    private static final int WRITES = 300;

    @TempDir
    static Path data;

    private static Cluster cluster;

    @TempDir
    Path temp;

    /** What a record of a lane is replaced by. */
    enum Damage {
        TRUNCATED,
        OVERSIZED,
        UNKNOWN_VERSION,
        RANDOM,
        EMPTY,
        /** Its batch's payload has a flipped bit. */
        PAYLOAD,
        /** It says another lane than its key. */
        WRONG_KEY
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
    void anUnreadableIngressRecordFailsItsAttemptAndTheNextOneArrives(Damage damage) throws Exception {
        String migration = "unreadable-" + damage.name().toLowerCase(Locale.ROOT);
        TestMemory memory = TestMemory.mixed(PAGES, 1);
        Gate gate = new Gate();
        ScriptedGuest guest = new ScriptedGuest(memory)
                .round(() -> {})
                .round(() -> memory.write(WRITES, Write.REWRITE), gate)
                .round(() -> memory.write(WRITES, Write.REWRITE));
        Background<RoleReport> waiting = cluster.receive(migration, temp.resolve("target"));
        Background<SendReport> sending = cluster.send(migration, guest);
        gate.awaitArrival();
        cluster.awaitTransformed(migration);
        ConsumerRecord<String, byte[]> last = lastBatch(migration);
        StreamRecord place = new StreamRecordDecoder().decode(last.value());
        cluster.append(last.topic(), last.partition(), last.key(), damaged(damage, place));
        String sequence = "sequence " + (place.sequence() + 1);

        assertThatThrownBy(waiting::get)
                .isInstanceOf(ReceiveException.class)
                .hasMessageContainingAll("migration " + migration, "lane " + place.lane(), sequence, "send");
        gate.open();
        assertThatThrownBy(sending::get)
                .isInstanceOf(SourceException.class)
                .hasMessageContainingAll("migration " + migration, "lane " + place.lane(), "send it again");
        assertThat(cluster.find(migration).orElseThrow().state()).isEqualTo(MigrationState.FAILED);
        assertThat(deadLetters(migration)).hasSize(1).allSatisfy(letter -> {
            assertThat(letter.topic()).isEqualTo(Topics.PAGES);
            assertThat(letter.partition()).isEqualTo(last.partition());
            assertThat(letter.lane()).isEqualTo(place.lane());
            assertThat(letter.reason()).isNotEmpty();
        });
        assertThat(cluster.run("list").out()).contains(migration, "failed");

        SendReport sent = cluster.send(migration, new ScriptedGuest(memory).round(() -> {}))
                .get();
        assertThat(sent.attempt()).isEqualTo(2);
        RoleReport goneOn = cluster.receive(migration, temp.resolve("target")).get();
        assertThat(goneOn.verified()).isTrue();
        memory.assertArrivedIn(temp.resolve("target"));
        cluster.receive(migration, temp.resolve("late")).get();
        memory.assertArrivedIn(temp.resolve("late"));
    }

    @Test
    void recordsOfNobodyAreSetAsideAndDisturbNobody() throws Exception {
        long before = cluster.records(Topics.DEAD_LETTERS);
        List<String> keys = new ArrayList<>(List.of("no lane", "nobody/-1", "nobody/x", "a b/0", "/0", ""));
        keys.add(null);
        for (String key : keys) {
            cluster.append(Topics.PAGES, 0, key, RecordDamage.random(1));
        }

        await().atMost(Background.PATIENCE).until(() -> cluster.records(Topics.DEAD_LETTERS) == before + keys.size());
        assertArrives("beside-nobody");
    }

    @Test
    void deadLettersHoldIdsAndNoPayload() throws Exception {
        byte[] secret = UUID.randomUUID().toString().repeat(100).getBytes(StandardCharsets.UTF_8);
        cluster.append(Topics.PAGES, 0, "secret/0", secret);

        await().atMost(Background.PATIENCE).until(() -> !deadLetters("secret").isEmpty());
        DeadLetter letter = deadLetters("secret").get(0);
        assertThat(letter.bytes()).isEqualTo(secret.length);
        assertThat(letter.reason()).doesNotContain(new String(secret, 0, 8, StandardCharsets.UTF_8));
        assertThat(letter.encode()).hasSizeLessThan(512);
    }

    @Test
    void garbageInTheDirectoryIsPassedOver() throws Exception {
        byte[] entry = cluster.read(Topics.MIGRATIONS).get(0).stream()
                .findFirst()
                .map(ConsumerRecord::value)
                .orElse(RecordDamage.random(3));
        List<byte[]> values = List.of(
                RecordDamage.random(1),
                new byte[0],
                RecordDamage.truncated(entry),
                RecordDamage.unknownVersion(entry),
                Arrays.copyOf(entry, 900_000));
        for (byte[] value : values) {
            cluster.append(Topics.MIGRATIONS, 0, "among-garbage", value);
            cluster.append(Topics.MIGRATIONS, 0, "among-garbage/attempt/1/somebody", value);
            cluster.append(Topics.MIGRATIONS, 0, "junk \u0000", value);
        }

        assertThat(cluster.run("list").status()).isZero();
        assertArrives("among-garbage");
        Command list = cluster.run("list");
        assertThat(list.status()).isZero();
        assertThat(list.out()).contains("among-garbage");
        assertThat(cluster.run("describe", "among-garbage").status()).isZero();
        assertThat(cluster.run("delete", "among-garbage").status()).isZero();
        assertThat(cluster.run("list").out()).doesNotContain("among-garbage");
    }

    @Test
    void garbageAmongTheDeadLettersDisturbsNobody() throws Exception {
        for (String key : List.of("x", "beside-dead/0")) {
            cluster.append(Topics.DEAD_LETTERS, 0, key, RecordDamage.random(1));
            cluster.append(Topics.DEAD_LETTERS, 0, key, new byte[0]);
        }

        assertArrives("beside-dead");
        assertThat(cluster.run("describe", "beside-dead").status()).isZero();
    }

    private void assertArrives(String migration) throws Exception {
        TestMemory memory = TestMemory.mixed(512, 2);
        cluster.send(migration, new ScriptedGuest(memory).round(() -> {})).get();
        cluster.receive(migration, temp.resolve(migration)).get();
        memory.assertArrivedIn(temp.resolve(migration));
    }

    private static byte[] damaged(Damage damage, StreamRecord place) {
        StreamRecord next =
                new StreamRecord(place.migration(), place.attempt(), place.lane(), place.sequence() + 1, place.body());
        byte[] value = StreamRecordEncoder.encode(next);
        return switch (damage) {
            case TRUNCATED -> RecordDamage.truncated(value);
            case OVERSIZED -> RecordDamage.oversized(value);
            case UNKNOWN_VERSION -> RecordDamage.unknownVersion(value);
            case RANDOM -> RecordDamage.random(2);
            case EMPTY -> new byte[0];
            case PAYLOAD -> RecordDamage.flippedPayload(next);
            case WRONG_KEY ->
                StreamRecordEncoder.encode(new StreamRecord(
                        next.migration(), next.attempt(), next.lane() + 1, next.sequence(), next.body()));
        };
    }

    /** The last record of the migration in the ingress that holds pages, and is the last of its lane. */
    private static ConsumerRecord<String, byte[]> lastBatch(String migration) throws MalformedRecordException {
        List<ConsumerRecord<String, byte[]>> records = cluster.readIngress(migration);
        for (int i = records.size() - 1; i >= 0; i--) {
            ConsumerRecord<String, byte[]> record = records.get(i);
            boolean lastOfLane = records.subList(i + 1, records.size()).stream()
                    .noneMatch(later -> later.key().equals(record.key()));
            if (lastOfLane
                    && RecordDamage.holds(new StreamRecordDecoder().decode(record.value()), PageEncoding.NORMAL)) {
                return record;
            }
        }
        throw new AssertionError("no lane of " + migration + " ends in a batch");
    }

    private static List<DeadLetter> deadLetters(String migration) throws MalformedRecordException {
        List<DeadLetter> letters = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record :
                cluster.read(Topics.DEAD_LETTERS).get(0)) {
            if (record.key() != null && record.key().startsWith(migration + "/") && record.value().length > 0) {
                letters.add(DeadLetter.decode(record.value()));
            }
        }
        return letters;
    }
}
