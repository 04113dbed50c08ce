package io.godwit.transformer.topology;

import io.godwit.transformer.gate.StreamTopics;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.errors.TimeoutException;

/** A cluster's stream topics, as the test says. */
final class FakeStreamTopics implements StreamTopics {
    private final Map<String, String> ids = new ConcurrentHashMap<>();
    private volatile boolean failing;

    void create(String topic, String id) {
        ids.put(topic, id);
    }

    void delete(String topic) {
        ids.remove(topic);
    }

    /** From here on the cluster does not answer. */
    void fail() {
        failing = true;
    }

    @Override
    public Optional<String> idOf(String topic) {
        if (failing) {
            throw new TimeoutException("the cluster does not answer");
        }
        return Optional.ofNullable(ids.get(topic));
    }

    @Override
    public Optional<String> awaitId(String topic, String id) {
        return idOf(topic);
    }
}
