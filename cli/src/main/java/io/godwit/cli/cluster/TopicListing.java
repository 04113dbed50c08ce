package io.godwit.cli.cluster;

import io.godwit.client.Answers;
import io.godwit.client.ClientSettings;
import io.godwit.client.TopicCheck;
import io.godwit.client.TopicLayout;
import io.godwit.client.TopicUse;
import io.godwit.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;

/** Lists the topics of Godwit in a cluster. */
public final class TopicListing {
    private static final Duration ANY_RETENTION = Duration.ofHours(1);

    private TopicListing() {}

    /**
     * What the cluster says of a topic.
     *
     * @param retentionMillis how long records are kept; -1 for ever
     * @param cleanup Kafka's cleanup policy: {@code delete} or {@code compact}
     * @param minInSyncReplicas brokers that must have a record before it counts as stored; null where the cluster does not say
     * @param bytes on the disks of all brokers; null where we may not ask
     * @param problems what is wrong with it for its purpose, a line each
     */
    public record TopicRow(
            String topic,
            int partitions,
            int replicationFactor,
            Integer minInSyncReplicas,
            String cleanup,
            long retentionMillis,
            Long bytes,
            List<String> problems) {}

    /** All topics whose names are Godwit's, by name. Streams that this client may not see are left out; Kafka does not tell. */
    public static List<TopicRow> list(ClientSettings clients) throws InterruptedException {
        try (Admin admin = clients.newAdmin()) {
            return list(admin);
        }
    }

    private static List<TopicRow> list(Admin admin) throws InterruptedException {
        Map<String, TopicDescription> topics = describe(admin);
        Set<String> names = topics.keySet();
        Map<ConfigResource, Config> configs = Answers.get(
                admin.describeConfigs(names.stream().map(TopicListing::resource).toList())
                        .all());
        Map<String, Long> bytes = bytes(admin);
        List<TopicRow> rows = new ArrayList<>();
        for (String name : names) {
            rows.add(row(topics.get(name), configs.get(resource(name)), bytes));
        }
        return rows;
    }

    /** By name. Shared topics are asked for one by one: of one that may not be seen it has to be said, not left out. */
    private static SortedMap<String, TopicDescription> describe(Admin admin) throws InterruptedException {
        SortedMap<String, TopicDescription> topics = new TreeMap<>();
        for (TopicLayout layout : TopicLayout.shared()) {
            use(layout.topic()).find(admin).ifPresent(topic -> topics.put(layout.topic(), topic));
        }
        List<String> streams = Answers.get(admin.listTopics().names()).stream()
                .filter(name -> name.startsWith(Topics.STREAM_PREFIX))
                .toList();
        DescribeTopicsOptions options = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        topics.putAll(Answers.get(admin.describeTopics(streams, options).allTopicNames()));
        topics.forEach((name, topic) -> use(name).check(topic));
        return topics;
    }

    private static TopicUse use(String topic) {
        return TopicUse.of(topic, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS);
    }

    private static TopicRow row(TopicDescription topic, Config config, Map<String, Long> bytes) {
        return new TopicRow(
                topic.name(),
                topic.partitions().size(),
                topic.partitions().get(0).replicas().size(),
                minInSyncReplicas(config),
                config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value(),
                Long.parseLong(config.get(TopicConfig.RETENTION_MS_CONFIG).value()),
                bytes == null ? null : bytes.getOrDefault(topic.name(), 0L),
                problems(topic, config));
    }

    /** Not every cluster that speaks Kafka's protocol has it. */
    private static Integer minInSyncReplicas(Config config) {
        ConfigEntry entry = config.get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
        return entry == null ? null : Integer.valueOf(entry.value());
    }

    private static List<String> problems(TopicDescription topic, Config config) {
        TopicLayout layout = layout(topic);
        List<String> problems = new ArrayList<>(TopicCheck.problems(layout, topic, Optional.of(config)));
        TopicCheck.advice(layout, topic).ifPresent(problems::add);
        return problems;
    }

    private static TopicLayout layout(TopicDescription topic) {
        // A stream has as many lanes as its sender chose.
        return topic.name().startsWith(Topics.STREAM_PREFIX)
                ? TopicLayout.stream(
                        topic.name().substring(Topics.STREAM_PREFIX.length()),
                        topic.partitions().size(),
                        ANY_RETENTION)
                : TopicLayout.shared(topic.name());
    }

    /** Bytes by topic, or null: asking for log directories needs more rights than all else here. */
    private static Map<String, Long> bytes(Admin admin) throws InterruptedException {
        try {
            List<Integer> brokers = Answers.get(admin.describeCluster().nodes()).stream()
                    .map(node -> node.id())
                    .toList();
            Map<String, Long> bytes = new HashMap<>();
            for (Map<String, LogDirDescription> broker : Answers.get(
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
