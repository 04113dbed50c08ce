package io.godwit.client;

import io.godwit.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the topics of the design where they are missing; leaves those that are there as the administrator made them. */
public final class TopicSetup {
    /** Lets the broker's default decide. */
    public static final short DEFAULT_REPLICATION = -1;

    private static final Duration INGRESS_RETENTION = Duration.ofHours(1);
    private static final int SEGMENT_BYTES = 256 << 20;
    private static final long INGRESS_SEGMENT_MILLIS = Duration.ofMinutes(10).toMillis();

    /** How long a topic that was just made may take to be known. */
    private static final Duration APPEARANCE = Duration.ofSeconds(20);

    private static final long APPEARANCE_POLL_MILLIS = 20;

    private static final List<String> SHARED =
            List.of(Topics.PAGES, Topics.MIGRATIONS, Topics.CHECKPOINTS, Topics.CHECKPOINT_NAMES, Topics.DEAD_LETTERS);

    private TopicSetup() {}

    /** Creates the shared topics that do not exist yet. */
    public static void ensureShared(Admin admin, short replicationFactor) throws InterruptedException {
        List<TopicUse> all = SHARED.stream()
                .map(topic -> TopicUse.of(topic, AclOperation.DESCRIBE))
                .toList();
        ensureShared(admin, replicationFactor, all);
    }

    /**
     * Creates those of the shared topics that a role uses and that do not exist yet. A role asks for no others: it may have no
     * right to see them.
     *
     * @throws MissingRightException if one of them may not be used so, or is missing and may not be created
     */
    public static void ensureShared(Admin admin, short replicationFactor, List<TopicUse> uses)
            throws InterruptedException {
        for (TopicUse use : uses) {
            if (use.find(admin).isEmpty()) {
                create(admin, shared(use.topic(), replicationFactor));
            }
            awaitLeaders(admin, awaitDescription(admin, use));
        }
    }

    private static NewTopic shared(String topic, short replicationFactor) {
        return switch (topic) {
            case Topics.PAGES ->
                new NewTopic(topic, Topics.DEFAULT_PAGES_PARTITIONS, replicationFactor)
                        .configs(pageTopic(INGRESS_RETENTION, INGRESS_SEGMENT_MILLIS));
            // One partition of checkpoints, too: a global store is restored partition after partition.
            case Topics.MIGRATIONS, Topics.CHECKPOINTS, Topics.CHECKPOINT_NAMES ->
                new NewTopic(topic, 1, replicationFactor)
                        .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
            case Topics.DEAD_LETTERS -> new NewTopic(topic, 1, replicationFactor);
            default -> throw new IllegalArgumentException("topic " + topic + " is not shared");
        };
    }

    /**
     * Creates a migration's stream topic, or takes the one that is there.
     *
     * @return its description; its id tells two migrations of one name apart
     */
    public static TopicDescription ensureStream(
            Admin admin, String migration, int lanes, Duration retention, short replicationFactor)
            throws InterruptedException {
        String stream = Topics.stream(migration);
        TopicUse use = TopicUse.of(stream, AclOperation.DESCRIBE);
        try {
            // Not asked for first: a broker may still know one that was just deleted.
            create(
                    admin,
                    new NewTopic(stream, lanes, replicationFactor)
                            .configs(pageTopic(retention, Math.max(60_000, retention.toMillis() / 4))));
        } catch (MissingRightException e) {
            // One who may not create topics takes what an administrator has made.
            if (use.find(admin).isEmpty()) {
                throw e;
            }
        }
        TopicDescription description = awaitDescription(admin, use);
        awaitLeaders(admin, description);
        return description;
    }

    private static TopicDescription awaitDescription(Admin admin, TopicUse use) throws InterruptedException {
        // The broker that answers may hear of the topic later than the controller that made it.
        long deadline = System.nanoTime() + APPEARANCE.toNanos();
        Optional<TopicDescription> found = use.find(admin);
        while (found.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new UnknownTopicOrPartitionException(
                        "topic " + use.topic() + " was created, but is not known yet");
            }
            Thread.sleep(APPEARANCE_POLL_MILLIS);
            found = use.find(admin);
        }
        return found.get();
    }

    /**
     * Waits until every partition's leader serves it. Of requests that are on their way to a leader that does not know its
     * partition yet, the first may be turned away and the second be taken, as an empty partition takes any sequence number of
     * a producer: records would change places, and those turned away never get in (KAFKA-15591).
     */
    private static void awaitLeaders(Admin admin, TopicDescription topic) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
        topic.partitions()
                .forEach(partition ->
                        partitions.put(new TopicPartition(topic.name(), partition.partition()), OffsetSpec.latest()));
        long deadline = System.nanoTime() + APPEARANCE.toNanos();
        while (true) {
            try {
                // Asks the leaders, and asks again while one of them does not lead yet.
                get(admin.listOffsets(partitions).all());
                return;
            } catch (UnknownTopicOrPartitionException e) {
                // Of several brokers, one that was not asked before has not heard of the topic at all.
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(APPEARANCE_POLL_MILLIS);
            }
        }
    }

    private static Map<String, String> pageTopic(Duration retention, long segmentMillis) {
        Map<String, String> configs = new HashMap<>();
        configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        configs.put(TopicConfig.RETENTION_MS_CONFIG, String.valueOf(retention.toMillis()));
        configs.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
        configs.put(TopicConfig.SEGMENT_BYTES_CONFIG, String.valueOf(SEGMENT_BYTES));
        configs.put(TopicConfig.SEGMENT_MS_CONFIG, String.valueOf(segmentMillis));
        configs.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(Topics.MAX_RECORD_BYTES));
        configs.put(TopicConfig.COMPRESSION_TYPE_CONFIG, "producer");
        return configs;
    }

    private static void create(Admin admin, NewTopic topic) throws InterruptedException {
        try {
            get(admin.createTopics(List.of(topic)).all());
        } catch (TopicExistsException e) {
            // Another agent was faster, or an earlier attempt made it: what is there is taken.
        } catch (AuthorizationException e) {
            throw MissingRightException.toCreate(topic.name(), e);
        }
    }

    private static <T> T get(KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException cause) {
                throw cause;
            }
            throw new KafkaException(e.getCause());
        }
    }
}
