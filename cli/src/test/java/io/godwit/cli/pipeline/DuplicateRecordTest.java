package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.pipeline.TestMemory.Write;
import io.godwit.producer.SendReport;
import io.godwit.report.RoleReport;
import io.godwit.topic.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Records come more than once, on the ingress and on the stream, one by one and as replays of whole suffixes. */
@Timeout(120)
class DuplicateRecordTest {
    private static final int PAGES = 4096;
    private static final int WRITES = 1000;
    private static final int SUFFIX = 7;
    private static final int SINGLES = 12;

    @TempDir
    static Path data;

    private static Cluster cluster;

    private final Random random = new Random(5);

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
    void recordsDuplicatedAndReplayedInTheIngressChangeNothing() throws Exception {
        duplicate("ingress", Topics.PAGES);
    }

    @Test
    void recordsDuplicatedAndReplayedOnTheStreamChangeNothing() throws Exception {
        duplicate("stream", Topics.stream("stream"));
    }

    private void duplicate(String migration, String topic) throws Exception {
        TestMemory memory = TestMemory.mixed(PAGES, 1);
        Gate inBulk = new Gate();
        Gate inSecondRound = new Gate();
        ScriptedGuest guest = new ScriptedGuest(memory)
                .round(() -> {}, inBulk)
                .round(() -> memory.write(WRITES, Write.EDIT), inSecondRound)
                .round(() -> memory.write(WRITES, Write.values()));
        Background<RoleReport> waiting = cluster.receive(migration, temp.resolve("waiting"));
        Background<SendReport> sending = cluster.send(migration, guest);
        long duplicates = 0;
        for (Gate gate : List.of(inBulk, inSecondRound)) {
            gate.awaitArrival();
            cluster.awaitTransformed(migration);
            duplicates += duplicateSome(topic, migration);
            gate.open();
        }

        assertThat(sending.get().summary().status()).isEqualTo("completed");
        assertThat(waiting.get().verified()).isTrue();
        memory.assertArrivedIn(temp.resolve("waiting"));
        duplicates += duplicateSome(topic, migration);
        long sent = cluster.readIngress(migration).size() - (topic.equals(Topics.PAGES) ? duplicates : 0);
        cluster.awaitStream(migration, sent + duplicates);
        RoleReport late = cluster.receive(migration, temp.resolve("late")).get();
        assertThat(late.verified()).isTrue();
        memory.assertArrivedIn(temp.resolve("late"));
    }

    /** Appends some records of every partition again: the last ones in their order, and single ones from anywhere. */
    private int duplicateSome(String topic, String migration) {
        List<ProducerRecord<String, byte[]>> copies = new ArrayList<>();
        for (List<ConsumerRecord<String, byte[]>> partition : cluster.read(topic)) {
            List<ConsumerRecord<String, byte[]>> own = partition.stream()
                    .filter(record -> record.key().startsWith(migration + "/"))
                    .toList();
            if (own.isEmpty()) {
                continue;
            }
            own.subList(Math.max(0, own.size() - SUFFIX), own.size()).forEach(record -> copies.add(copyOf(record)));
            for (int single = 0; single < SINGLES; single++) {
                copies.add(copyOf(own.get(random.nextInt(own.size()))));
            }
        }
        cluster.append(copies);
        return copies.size();
    }

    private static ProducerRecord<String, byte[]> copyOf(ConsumerRecord<String, byte[]> record) {
        return new ProducerRecord<>(record.topic(), record.partition(), record.key(), record.value());
    }
}
