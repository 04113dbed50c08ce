package io.godwit.transformer.topology;

import io.godwit.topic.Topics;
import org.apache.kafka.streams.processor.RecordContext;
import org.apache.kafka.streams.processor.TopicNameExtractor;

/** A record goes to the stream topic of the migration that its key {@code migration/lane} names. */
final class StreamTopicExtractor implements TopicNameExtractor<String, byte[]> {
    @Override
    public String extract(String key, byte[] value, RecordContext context) {
        return Topics.stream(key.substring(0, key.lastIndexOf('/')));
    }
}
