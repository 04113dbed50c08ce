package io.godwit.consumer;

import io.godwit.client.Answers;
import io.godwit.client.TopicUse;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
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
     * @throws io.godwit.client.MissingRightException if it may not be read
     * @throws KafkaException if Kafka does not answer
     */
    static Optional<StreamTopic> find(Admin admin, String topic, BooleanSupplier givenUp) throws InterruptedException {
        Future<Optional<TopicDescription>> answer = TopicUse.read(topic).ask(admin);
        while (!givenUp.getAsBoolean()) {
            try {
                return get(answer);
            } catch (TimeoutException e) {
                LOG.trace("{} is still being looked up", topic);
            }
        }
        return Optional.empty();
    }

    private static Optional<StreamTopic> get(Future<Optional<TopicDescription>> answer)
            throws TimeoutException, InterruptedException {
        try {
            return answer.get(TURN_MILLIS, TimeUnit.MILLISECONDS)
                    .map(found -> new StreamTopic(
                            found.topicId().toString(), found.partitions().size()));
        } catch (ExecutionException e) {
            throw Answers.failure(e);
        }
    }
}
