package io.godwit.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;

class TopicCheckTest {
    private static final Map<String, String> DEFAULTS = Map.of(
            "cleanup.policy", "delete",
            "max.message.bytes", "1048588",
            "min.insync.replicas", "1");

    private final TopicLayout pages = TopicLayout.shared("godwit.pages");
    private final TopicLayout migrations = TopicLayout.shared("godwit.migrations");

    @Test
    void topicsAsTheyAreCreatedAreRight() {
        for (TopicLayout layout : TopicLayout.shared()) {
            assertThat(problems(layout, layout.partitions(), Map.of())).isEmpty();
        }
    }

    @Test
    void aCleanupThatLosesRecordsIsNamedWithTheRemedy() {
        assertThat(problems(pages, 8, Map.of("cleanup.policy", "compact")))
                .containsExactly(
                        "topic godwit.pages has cleanup.policy=compact where it needs delete: it would lose records;"
                                + " set it (kafka-configs.sh --alter --topic godwit.pages --add-config cleanup.policy=delete)");
        assertThat(problems(migrations, 1, Map.of("cleanup.policy", "compact,delete")))
                .singleElement()
                .asString()
                .startsWith("topic godwit.migrations has cleanup.policy=compact,delete where it needs compact");
    }

    @Test
    void recordsThatWouldNotFitAreNamed() {
        assertThat(problems(pages, 8, Map.of("max.message.bytes", "1048588")))
                .singleElement()
                .asString()
                .contains("max.message.bytes=1048588 where it needs 8388608: it would refuse large records");
        assertThat(problems(pages, 8, Map.of("max.message.bytes", "16777216"))).isEmpty();
    }

    @Test
    void moreReplicasInSyncThanThereAreAreNamed() {
        assertThat(problems(pages, 8, Map.of("min.insync.replicas", "2")))
                .containsExactly(
                        "topic godwit.pages has fewer replicas (1) than have to be in sync (min.insync.replicas=2): nothing can be written to it;"
                                + " add replicas, or lower that");
    }

    @Test
    void anOrderThatPartitionsWouldBreakIsNamed() {
        assertThat(problems(migrations, 3, Map.of()))
                .singleElement()
                .asString()
                .startsWith("topic godwit.migrations has 3 partitions, and has to have 1");
        assertThat(problems(pages, 2, Map.of())).isEmpty();
        assertThat(problems(pages, 64, Map.of())).isEmpty();
    }

    @Test
    void fewerPartitionsThanUsualAreWorthAWord() {
        assertThat(TopicCheck.advice(pages, topic(pages, 2)))
                .hasValue(
                        "topic godwit.pages has 2 partitions where 8 are usual: no more threads than that can share the"
                                + " work of transformers");
        assertThat(TopicCheck.advice(pages, topic(pages, 8))).isEmpty();
    }

    @Test
    void configsThatAClusterDoesNotHaveAreNotHeldAgainstTheTopic() {
        assertThat(TopicCheck.problems(pages, topic(pages, 8), Optional.of(new Config(List.of()))))
                .isEmpty();
    }

    @Test
    void whatAClientMayNotKnowIsNotHeldAgainstTheTopic() {
        assertThat(TopicCheck.problems(pages, topic(pages, 8), Optional.empty()))
                .isEmpty();
        assertThat(TopicCheck.problems(migrations, topic(migrations, 2), Optional.empty()))
                .hasSize(1);
    }

    /** Of a topic that is as its layout says, but for {@code changes}. */
    private static List<String> problems(TopicLayout layout, int partitions, Map<String, String> changes) {
        Map<String, String> configs = new TreeMap<>(DEFAULTS);
        configs.putAll(layout.configs());
        configs.putAll(changes);
        List<ConfigEntry> entries = new ArrayList<>();
        configs.forEach((name, value) -> entries.add(new ConfigEntry(name, value)));
        return TopicCheck.problems(layout, topic(layout, partitions), Optional.of(new Config(entries)));
    }

    private static TopicDescription topic(TopicLayout layout, int partitions) {
        Node node = new Node(1, "127.0.0.1", 9092);
        return new TopicDescription(
                layout.topic(),
                false,
                IntStream.range(0, partitions)
                        .mapToObj(partition -> new TopicPartitionInfo(partition, node, List.of(node), List.of(node)))
                        .toList());
    }
}
