package io.godwit.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Compares topics as they are with what they have to be: those that an administrator made may lose or refuse records. */
public final class TopicCheck {
    private TopicCheck() {}

    /**
     * Says what is wrong with a topic, each in one line that names it; empty if nothing is.
     *
     * @param config as the cluster has it; empty where this client may not know it
     */
    public static List<String> problems(TopicLayout layout, TopicDescription topic, Optional<Config> config) {
        List<String> problems = new ArrayList<>();
        config.ifPresent(found -> {
            cleanup(layout, found).ifPresent(problems::add);
            recordSize(layout, found).ifPresent(problems::add);
            minInSync(topic, found).ifPresent(problems::add);
        });
        partitions(layout, topic).ifPresent(problems::add);
        return problems;
    }

    /** Says what a topic could do better, in one line that names it; empty if it is as it would be created. */
    public static Optional<String> advice(TopicLayout layout, TopicDescription topic) {
        int found = topic.partitions().size();
        return found >= layout.partitions()
                ? Optional.empty()
                : Optional.of("topic " + topic.name() + " has " + found + " partitions where " + layout.partitions()
                        + " are usual: no more threads than that can share the work of transformers");
    }

    /**
     * Asks for the configs of topics, and compares.
     *
     * @param topics by their layout
     * @throws UnfitTopicException of the first of them that cannot be used as it is
     */
    static void check(Admin admin, Map<TopicLayout, TopicDescription> topics) throws InterruptedException {
        Map<ConfigResource, KafkaFuture<Config>> configs = admin.describeConfigs(topics.values().stream()
                        .filter(TopicCheck::isOpen)
                        .map(TopicCheck::resource)
                        .toList())
                .values();
        for (Map.Entry<TopicLayout, TopicDescription> topic : topics.entrySet()) {
            Optional<Config> config = answer(configs.get(resource(topic.getValue())));
            List<String> problems = problems(topic.getKey(), topic.getValue(), config);
            if (!problems.isEmpty()) {
                throw new UnfitTopicException(problems.get(0));
            }
        }
    }

    /** Whether its configs may be asked for, as far as is known. No role needs that right, and brokers log each refusal. */
    private static boolean isOpen(TopicDescription topic) {
        return topic.authorizedOperations() == null
                || topic.authorizedOperations().contains(AclOperation.DESCRIBE_CONFIGS);
    }

    private static ConfigResource resource(TopicDescription topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    }

    /** Empty where it was not asked for, or refused, or where the topic was created so late that the broker does not know it. */
    private static Optional<Config> answer(KafkaFuture<Config> config) throws InterruptedException {
        try {
            return config == null ? Optional.empty() : Optional.of(Answers.get(config));
        } catch (AuthorizationException | UnknownTopicOrPartitionException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> cleanup(TopicLayout layout, Config config) {
        String wanted = layout.configs().get(TopicConfig.CLEANUP_POLICY_CONFIG);
        return value(config, TopicConfig.CLEANUP_POLICY_CONFIG)
                .filter(found -> !found.equals(wanted))
                .map(found -> wrong(layout, TopicConfig.CLEANUP_POLICY_CONFIG, found, wanted, "it would lose records"));
    }

    private static Optional<String> recordSize(TopicLayout layout, Config config) {
        String wanted = layout.configs().get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        return value(config, TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
                .filter(found -> wanted != null && Long.parseLong(found) < Long.parseLong(wanted))
                .map(found -> wrong(
                        layout, TopicConfig.MAX_MESSAGE_BYTES_CONFIG, found, wanted, "it would refuse large records"));
    }

    private static Optional<String> minInSync(TopicDescription topic, Config config) {
        int replicas = topic.partitions().get(0).replicas().size();
        return value(config, TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG)
                .filter(needed -> Integer.parseInt(needed) > replicas)
                .map(needed ->
                        "topic " + topic.name() + " has fewer replicas (" + replicas + ") than have to be in sync ("
                                + TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG + "=" + needed
                                + "): nothing can be written to it; add replicas, or lower that");
    }

    /** Not every cluster that speaks Kafka's protocol has every config. */
    private static Optional<String> value(Config config, String name) {
        return Optional.ofNullable(config.get(name)).map(ConfigEntry::value);
    }

    private static Optional<String> partitions(TopicLayout layout, TopicDescription topic) {
        // Of pages, lanes are dealt to as many as there are; a stream's are compared with the lanes before.
        boolean isOrdered =
                layout.configs().get(TopicConfig.CLEANUP_POLICY_CONFIG).equals(TopicConfig.CLEANUP_POLICY_COMPACT);
        int found = topic.partitions().size();
        return !isOrdered || found == layout.partitions()
                ? Optional.empty()
                : Optional.of("topic " + topic.name() + " has " + found + " partitions, and has to have "
                        + layout.partitions() + ": what is in the others is not read; delete it, and create it anew"
                        + " (godwit topics --print)");
    }

    private static String wrong(TopicLayout layout, String config, String found, String wanted, String consequence) {
        return "topic " + layout.topic() + " has " + config + "=" + found + " where it needs " + wanted
                + ": " + consequence + "; set it (kafka-configs.sh --alter --topic " + layout.topic()
                + " --add-config " + config + "=" + wanted + ")";
    }
}
