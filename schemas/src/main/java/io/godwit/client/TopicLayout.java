package io.godwit.client;

import io.godwit.topic.Topics;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/**
 * What a topic of Godwit is to be like, whoever creates it.
 *
 * @param partitions of the shared ingress, another number is as right; of all others, this one
 * @param configs by Kafka's names, what of them matters
 */
public record TopicLayout(String topic, int partitions, SortedMap<String, String> configs) {
    private static final Duration INGRESS_RETENTION = Duration.ofHours(1);
    private static final Duration INGRESS_SEGMENT = Duration.ofMinutes(10);
    private static final Duration LEAST_SEGMENT = Duration.ofMinutes(1);
    private static final int SEGMENT_BYTES = 256 << 20;
    /** Retention frees whole segments: a stream is kept up to a quarter longer than it was asked to be. */
    private static final int SEGMENTS_A_RETENTION = 4;

    public TopicLayout {
        configs = Collections.unmodifiableSortedMap(new TreeMap<>(configs));
    }

    /** Those that all migrations share. */
    public static List<TopicLayout> shared() {
        return List.of(
                new TopicLayout(
                        Topics.PAGES, Topics.DEFAULT_PAGES_PARTITIONS, ofPages(INGRESS_RETENTION, INGRESS_SEGMENT)),
                compacted(Topics.MIGRATIONS),
                // One partition: a global store is restored partition after partition.
                compacted(Topics.CHECKPOINTS),
                compacted(Topics.CHECKPOINT_NAMES),
                new TopicLayout(
                        Topics.DEAD_LETTERS,
                        1,
                        new TreeMap<>(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE))));
    }

    /** The shared topic of that name. */
    public static TopicLayout shared(String topic) {
        return shared().stream()
                .filter(layout -> layout.topic().equals(topic))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("topic " + topic + " is not shared"));
    }

    /**
     * The stream of a migration.
     *
     * @param retention how long it can be received, at least
     */
    public static TopicLayout stream(String migration, int lanes, Duration retention) {
        Duration segment = retention.dividedBy(SEGMENTS_A_RETENTION);
        return new TopicLayout(
                Topics.stream(migration),
                lanes,
                ofPages(retention, segment.compareTo(LEAST_SEGMENT) < 0 ? LEAST_SEGMENT : segment));
    }

    /** The configs, and what the replication adds to them. */
    public SortedMap<String, String> configs(Replication replication) {
        SortedMap<String, String> all = new TreeMap<>(configs);
        if (replication.minInSync() != Replication.BROKERS_CHOICE) {
            all.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, String.valueOf(replication.minInSync()));
        }
        return all;
    }

    NewTopic newTopic(Replication replication) {
        return new NewTopic(topic, partitions, (short) replication.factor()).configs(configs(replication));
    }

    private static TopicLayout compacted(String topic) {
        return new TopicLayout(
                topic, 1, new TreeMap<>(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT)));
    }

    private static SortedMap<String, String> ofPages(Duration retention, Duration segment) {
        SortedMap<String, String> configs = new TreeMap<>();
        configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        configs.put(TopicConfig.RETENTION_MS_CONFIG, String.valueOf(retention.toMillis()));
        configs.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
        configs.put(TopicConfig.SEGMENT_BYTES_CONFIG, String.valueOf(SEGMENT_BYTES));
        configs.put(TopicConfig.SEGMENT_MS_CONFIG, String.valueOf(segment.toMillis()));
        configs.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(Topics.MAX_RECORD_BYTES));
        configs.put(TopicConfig.COMPRESSION_TYPE_CONFIG, "producer");
        return configs;
    }
}
