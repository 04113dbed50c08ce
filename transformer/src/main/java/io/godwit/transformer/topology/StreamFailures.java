package io.godwit.transformer.topology;

import io.godwit.report.LogKeys;
import io.godwit.topic.Topics;
import io.godwit.transformer.gate.StreamGate;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells failures that one migration has brought on itself, which close that migration alone, from those that stop a thread.
 * Shared by the two handlers, which Streams makes by reflection.
 */
final class StreamFailures {
    /** Setting that carries the {@link StreamGate} to the handlers. */
    static final String GATE_CONFIG = "godwit.stream.gate";

    private static final Logger LOG = LoggerFactory.getLogger(StreamFailures.class);

    private final StreamGate gate;

    StreamFailures(Map<String, ?> configs) {
        gate = (StreamGate) configs.get(GATE_CONFIG);
    }

    /** Closes the migration if the failure is its own. @return whether it was */
    boolean closes(String topic, Throwable failure) {
        if (!topic.startsWith(Topics.STREAM_PREFIX)) {
            return false;
        }
        String migration = topic.substring(Topics.STREAM_PREFIX.length());
        Optional<String> reason = reason(migration, topic, failure);
        reason.ifPresent(text -> {
            if (gate.close(migration, text)) {
                LOG.atError()
                        .addKeyValue(LogKeys.MIGRATION, migration)
                        .log("records for {} are dropped until its migration is sent again: {}", topic, text);
            }
        });
        return reason.isPresent();
    }

    private Optional<String> reason(String migration, String topic, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof NoSuchLaneException
                    || cause instanceof RecordTooLargeException
                    || cause instanceof InvalidTopicException
                    || cause instanceof TopicAuthorizationException) {
                return Optional.of("topic " + topic + " does not take a record: " + cause.getMessage());
            }
            boolean mayBeGone = cause instanceof TimeoutException || cause instanceof UnknownTopicOrPartitionException;
            if (mayBeGone && gate.isGone(migration)) {
                return Optional.of("topic " + topic + " does not exist any more");
            }
        }
        return Optional.empty();
    }
}
