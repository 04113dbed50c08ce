package io.godwit.transformer.topology;

import io.godwit.transformer.gate.StreamTopics;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A cluster's stream topics, as the test says. */
final class FakeStreamTopics implements StreamTopics {
    private final Map<String, String> ids = new ConcurrentHashMap<>();

    void create(String topic, String id) {
        ids.put(topic, id);
    }

    void delete(String topic) {
        ids.remove(topic);
    }

    @Override
    public Optional<String> idOf(String topic) {
        return Optional.ofNullable(ids.get(topic));
    }

    @Override
    public Optional<String> awaitId(String topic, String id) {
        return idOf(topic);
    }
}
