package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.cli.pipeline.TestMemory.Write;
import io.godwit.client.ClientSettings;
import io.godwit.producer.SendReport;
import io.godwit.record.DeadLetter;
import io.godwit.report.RoleReport;
import io.godwit.topic.Topics;
import io.godwit.transformer.Transformer;
import io.godwit.transformer.TransformerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stream topic goes away while its migration is on its way: nobody else may notice. */
@Timeout(180)
class DeletedStreamTest {
    private static final int PAGES = 2048;

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
    void aStreamDeletedInMidMigrationLeavesTheOthersAlone() throws Exception {
        try (Transformer transformer = impatientTransformer()) {
            Gate gate = new Gate();
            TestMemory memory = TestMemory.mixed(PAGES, 1);
            var unused = cluster.send(
                    "doomed",
                    new ScriptedGuest(memory)
                            .round(() -> {}, gate)
                            .round(() -> memory.write(500, Write.values()))
                            .round(() -> memory.write(500, Write.values())));
            gate.awaitArrival();
            cluster.awaitTransformed("doomed");
            delete("doomed");
            gate.open();

            assertArrives("other", 2);
            await().atMost(Background.PATIENCE)
                    .until(() -> transformer.progress().records() == cluster.records(Topics.PAGES));
            assertThat(transformer.progress().droppedRecords()).isPositive();
            assertThat(deadLetters())
                    .isNotEmpty()
                    .allSatisfy(letter -> assertThat(letter.migration()).isEqualTo("doomed"))
                    .allSatisfy(letter -> assertThat(letter.reason()).contains("topic godwit.stream.doomed"));
            assertArrives("another", 3);
        }
    }

    @Test
    void whatADeletedMigrationLeftInTheIngressDoesNotDisturbItsNamesake() throws Exception {
        Background<SendReport> deleted =
                cluster.send("again", new ScriptedGuest(TestMemory.mixed(PAGES, 4)).round(() -> {}, new Gate()));
        await().atMost(Background.PATIENCE).until(() -> cluster.records(Topics.PAGES) > 8);
        delete("again");
        assertThat(deleted.isDone()).isFalse();
        try (Transformer transformer = impatientTransformer()) {
            assertArrives("again", 5);
            assertThat(transformer.progress().droppedRecords()).isPositive();
        }
    }

    private Transformer impatientTransformer() throws Exception {
        Map<String, String> impatience = Map.of(
                "producer.max.block.ms", "1500",
                "producer.request.timeout.ms", "2000",
                "producer.delivery.timeout.ms", "3000");
        Transformer transformer = new Transformer(TransformerConfig.of(
                        new ClientSettings(cluster.bootstrapServers(), impatience), temp.resolve("transformer"))
                .withThreads(1)
                .withPageCacheBytes(64 << 20));
        transformer.start();
        return transformer;
    }

    private void assertArrives(String migration, long seed) throws Exception {
        TestMemory memory = TestMemory.mixed(PAGES, seed);
        Path target = temp.resolve(migration);
        Background<RoleReport> receiving = cluster.receive(migration, target);
        ScriptedGuest guest = new ScriptedGuest(memory).round(() -> {}).round(() -> memory.write(500, Write.values()));
        assertThat(cluster.send(migration, guest).get().summary().status()).isEqualTo("completed");
        assertThat(receiving.get().verified()).isTrue();
        memory.assertArrivedIn(target);
    }

    private void delete(String migration) throws Exception {
        String topic = Topics.stream(migration);
        try (Admin admin = cluster.newAdmin()) {
            admin.deleteTopics(List.of(topic)).all().get();
            await().atMost(Background.PATIENCE)
                    .until(() -> !admin.listTopics().names().get().contains(topic));
        }
    }

    private List<DeadLetter> deadLetters() throws Exception {
        List<DeadLetter> letters = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record :
                cluster.read(Topics.DEAD_LETTERS).get(0)) {
            letters.add(DeadLetter.decode(record.value()));
        }
        return letters;
    }
}
