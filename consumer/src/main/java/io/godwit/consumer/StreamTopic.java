package io.godwit.consumer;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream topic as it was seen.
 *
 * @param id Kafka's id of the topic
 * @param lanes its partitions
 */
record StreamTopic(String id, int lanes) {
    private static final Logger LOG = LoggerFactory.getLogger(StreamTopic.class);
    /** How soon a look that is given up ends. */
    private static final long TURN_MILLIS = 100;

    /**
     * Looks a topic up.
     *
     * @param givenUp whether the answer is no longer of interest
     * @return empty where there is none, or the look was given up
     * @throws KafkaException if Kafka does not answer or refuses
     */
    static Optional<StreamTopic> find(Admin admin, String topic, BooleanSupplier givenUp) throws InterruptedException {
        KafkaFuture<TopicDescription> answer =
                admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
        while (!givenUp.getAsBoolean()) {
            try {
                return get(answer);
            } catch (TimeoutException e) {
                LOG.trace("{} is still being looked up", topic);
            }
        }
        return Optional.empty();
    }

    private static Optional<StreamTopic> get(KafkaFuture<TopicDescription> answer)
            throws TimeoutException, InterruptedException {
        try {
            TopicDescription found = answer.get(TURN_MILLIS, TimeUnit.MILLISECONDS);
            return Optional.of(new StreamTopic(
                    found.topicId().toString(), found.partitions().size()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
        }
    }
}
