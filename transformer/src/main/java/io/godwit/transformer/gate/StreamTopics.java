package io.godwit.transformer.gate;

import java.util.Optional;

/** Where the gate asks which stream topics exist. Any thread may call it. */
public interface StreamTopics {
    /**
     * Returns Kafka's id of {@code topic}, as {@code StreamStart} carries it, or empty if there is no such topic.
     *
     * @throws io.godwit.client.MissingRightException if the topic may not be written
     * @throws org.apache.kafka.common.KafkaException if the cluster does not say
     */
    Optional<String> idOf(String topic);

    /**
     * Returns the id of {@code topic} once it is {@code id}, or whatever it is after a while: a broker may hear of a topic
     * later than the controller that made it.
     *
     * @throws io.godwit.client.MissingRightException as {@link #idOf}
     * @throws org.apache.kafka.common.KafkaException if the cluster does not say
     */
    Optional<String> awaitId(String topic, String id);
}
