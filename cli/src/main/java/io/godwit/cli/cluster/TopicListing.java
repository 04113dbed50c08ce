package io.godwit.cli.cluster;

import io.godwit.client.ClientSettings;
import io.godwit.topic.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;

/** Lists the topics of Godwit in a cluster. */
public final class TopicListing {
    private static final Set<String> SHARED =
            Set.of(Topics.PAGES, Topics.MIGRATIONS, Topics.CHECKPOINTS, Topics.CHECKPOINT_NAMES, Topics.DEAD_LETTERS);

    private TopicListing() {}

    /**
     * What the cluster says of a topic.
     *
     * @param retentionMillis how long records are kept; -1 for ever
     * @param cleanup Kafka's cleanup policy: {@code delete} or {@code compact}
     * @param bytes on the disks of all brokers; null where we may not ask
     */
    public record TopicRow(
            String topic, int partitions, int replicationFactor, String cleanup, long retentionMillis, Long bytes) {}

    /** All topics whose names are Godwit's, by name. */
    public static List<TopicRow> list(ClientSettings clients) throws InterruptedException {
        try (Admin admin = clients.newAdmin()) {
            return list(admin);
        }
    }

    private static List<TopicRow> list(Admin admin) throws InterruptedException {
        Set<String> names = new TreeSet<>(Futures.get(admin.listTopics().names()));
        names.removeIf(name -> !SHARED.contains(name) && !name.startsWith(Topics.STREAM_PREFIX));
        Map<String, TopicDescription> topics =
                Futures.get(admin.describeTopics(names).allTopicNames());
        Map<ConfigResource, Config> configs = Futures.get(
                admin.describeConfigs(names.stream().map(TopicListing::resource).toList())
                        .all());
        Map<String, Long> bytes = bytes(admin);
        List<TopicRow> rows = new ArrayList<>();
        for (String name : names) {
            rows.add(row(topics.get(name), configs.get(resource(name)), bytes));
        }
        return rows;
    }

    private static TopicRow row(TopicDescription topic, Config config, Map<String, Long> bytes) {
        return new TopicRow(
                topic.name(),
                topic.partitions().size(),
                topic.partitions().get(0).replicas().size(),
                config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value(),
                Long.parseLong(config.get(TopicConfig.RETENTION_MS_CONFIG).value()),
                bytes == null ? null : bytes.getOrDefault(topic.name(), 0L));
    }

    /** Bytes by topic, or null: asking for log directories needs more rights than all else here. */
    private static Map<String, Long> bytes(Admin admin) throws InterruptedException {
        try {
            List<Integer> brokers = Futures.get(admin.describeCluster().nodes()).stream()
                    .map(node -> node.id())
                    .toList();
            Map<String, Long> bytes = new HashMap<>();
            for (Map<String, LogDirDescription> broker : Futures.get(
                            admin.describeLogDirs(brokers).allDescriptions())
                    .values()) {
                for (LogDirDescription directory : broker.values()) {
                    directory
                            .replicaInfos()
                            .forEach((partition, replica) -> bytes.merge(partition.topic(), replica.size(), Long::sum));
                }
            }
            return bytes;
        } catch (AuthorizationException e) {
            return null;
        }
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }
}
