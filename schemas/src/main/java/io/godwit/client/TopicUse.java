package io.godwit.client;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.ResourceType;

/**
 * What a client does with a topic. Asked before it is done, the cluster says which right is missing; afterwards it says only
 * that one is, and some clients would wait for a topic that they may not see.
 *
 * @param operations each is needed; the first is what a topic that may not be seen is said to lack
 */
public record TopicUse(String topic, List<AclOperation> operations) {
    public TopicUse {
        Objects.requireNonNull(topic, "topic");
        operations = List.copyOf(operations);
        if (operations.isEmpty()) {
            throw new IllegalArgumentException("topic " + topic + " is used for nothing");
        }
    }

    public static TopicUse of(String topic, AclOperation... operations) {
        return new TopicUse(topic, List.of(operations));
    }

    public static TopicUse read(String topic) {
        return of(topic, AclOperation.READ);
    }

    public static TopicUse write(String topic) {
        return of(topic, AclOperation.WRITE);
    }

    public static TopicUse readAndWrite(String topic) {
        return of(topic, AclOperation.READ, AclOperation.WRITE);
    }

    /**
     * Asks for the topic.
     *
     * @return completes with its description, or empty where there is no such topic; fails with {@link MissingRightException}
     *     where it may not be used so, and as Kafka says it where that does not answer
     */
    public CompletableFuture<Optional<TopicDescription>> ask(Admin admin) {
        return admin.describeTopics(List.of(topic), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues()
                .get(topic)
                .toCompletionStage()
                .toCompletableFuture()
                .handle(this::answer);
    }

    /**
     * Asks for the topic and waits for the answer.
     *
     * @return its description; empty where there is no such topic
     * @throws MissingRightException if it may not be used so
     * @throws KafkaException if Kafka does not answer
     */
    public Optional<TopicDescription> find(Admin admin) throws InterruptedException {
        return Answers.get(ask(admin));
    }

    /**
     * Compares what the cluster allows; {@code description} was asked for with authorized operations.
     *
     * @throws MissingRightException if it is less than what is needed
     */
    public void check(TopicDescription description) {
        if (description.authorizedOperations() == null) {
            // Brokers that do not tell refuse later.
            return;
        }
        for (AclOperation operation : operations) {
            if (!description.authorizedOperations().contains(operation)) {
                throw new MissingRightException(operation, ResourceType.TOPIC, topic);
            }
        }
    }

    private Optional<TopicDescription> answer(TopicDescription description, Throwable failure) {
        if (failure == null) {
            check(description);
            return Optional.of(description);
        }
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof UnknownTopicOrPartitionException) {
            return Optional.empty();
        }
        if (cause instanceof AuthorizationException) {
            // Reading, writing and deleting bring the right to see a topic with them.
            throw new MissingRightException(operations.get(0), ResourceType.TOPIC, topic, cause);
        }
        throw cause instanceof KafkaException kafka ? kafka : new KafkaException(cause);
    }
}
