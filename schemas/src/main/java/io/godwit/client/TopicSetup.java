package io.godwit.client;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates the topics of the design where they are missing; takes those that are there as the administrator made them, or not at all. */
public final class TopicSetup {
    /** How long a topic that was just made may take to be known. */
    private static final Duration APPEARANCE = Duration.ofSeconds(20);

    private TopicSetup() {}

    /** Creates the shared topics that do not exist yet. */
    public static void ensureShared(Admin admin, Replication replication) throws InterruptedException {
        List<TopicUse> all = TopicLayout.shared().stream()
                .map(layout -> TopicUse.of(layout.topic(), AclOperation.DESCRIBE))
                .toList();
        ensureShared(admin, replication, all);
    }

    /**
     * Creates those of the shared topics that a role uses and that do not exist yet. A role asks for no others: it may have no
     * right to see them.
     *
     * @param replication of what is created
     * @throws MissingRightException if one of them may not be used so, or is missing and may not be created
     * @throws UnfitTopicException if one of them is there, but cannot be used as it is
     */
    public static void ensureShared(Admin admin, Replication replication, List<TopicUse> uses)
            throws InterruptedException {
        Map<TopicLayout, TopicDescription> topics = new LinkedHashMap<>();
        for (TopicUse use : uses) {
            TopicLayout layout = TopicLayout.shared(use.topic());
            Optional<TopicDescription> found = use.find(admin);
            if (found.isEmpty()) {
                create(admin, layout.newTopic(replication));
            }
            TopicDescription topic = found.isPresent() ? found.get() : awaitDescription(admin, use);
            awaitLeaders(admin, topic);
            topics.put(layout, topic);
        }
        TopicCheck.check(admin, topics);
    }

    /**
     * Creates a migration's stream topic, or takes the one that is there.
     *
     * @param replication of the topic, if it is created
     * @return its description; its id tells two migrations of one name apart
     * @throws MissingRightException if it is missing and may not be created
     * @throws UnfitTopicException if it is there, but cannot be used as it is
     */
    public static TopicDescription ensureStream(
            Admin admin, String migration, int lanes, Duration retention, Replication replication)
            throws InterruptedException {
        TopicLayout layout = TopicLayout.stream(migration, lanes, retention);
        TopicUse use = TopicUse.of(layout.topic(), AclOperation.DESCRIBE);
        try {
            // Not asked for first: a broker may still know one that was just deleted.
            create(admin, layout.newTopic(replication));
        } catch (MissingRightException e) {
            // One who may not create topics takes what an administrator has made.
            if (use.find(admin).isEmpty()) {
                throw e;
            }
        }
        TopicDescription stream = awaitDescription(admin, use);
        awaitLeaders(admin, stream);
        TopicCheck.check(admin, Map.of(layout, stream));
        return stream;
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
            Thread.sleep(20);
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
        while (!isLed(admin, partitions, deadline)) {
            Thread.sleep(20);
        }
    }

    /** Asks the leaders, and asks again while one of them does not lead yet. */
    private static boolean isLed(Admin admin, Map<TopicPartition, OffsetSpec> partitions, long deadline)
            throws InterruptedException {
        try {
            Answers.get(admin.listOffsets(partitions).all());
            return true;
        } catch (UnknownTopicOrPartitionException e) {
            // Of several brokers, one may hear of the topic later than the one that has described it.
            if (System.nanoTime() > deadline) {
                throw e;
            }
            return false;
        }
    }

    private static void create(Admin admin, NewTopic topic) throws InterruptedException {
        try {
            Answers.get(admin.createTopics(List.of(topic)).all());
        } catch (TopicExistsException e) {
            // Another agent was faster, or an earlier attempt made it: what is there is taken.
        } catch (AuthorizationException e) {
            throw MissingRightException.toCreate(topic.name(), e);
        }
    }
}
