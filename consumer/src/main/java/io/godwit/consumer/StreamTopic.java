package io.godwit.consumer;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * A stream topic as it was seen.
 *
 * @param id Kafka's id of the topic
 * @param lanes its partitions
 */
record StreamTopic(String id, int lanes) {
    /**
     * Looks a topic up.
     *
     * @return empty where there is none
     * @throws KafkaException if Kafka does not answer or refuses
     */
    static Optional<StreamTopic> find(Admin admin, String topic) throws InterruptedException {
        try {
            TopicDescription description =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
            return Optional.of(new StreamTopic(
                    description.topicId().toString(), description.partitions().size()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
        }
    }
}
