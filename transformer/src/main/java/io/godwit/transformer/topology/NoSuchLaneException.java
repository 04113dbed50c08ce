package io.godwit.transformer.topology;

import org.apache.kafka.common.KafkaException;

/** A stream topic has fewer partitions than its migration has lanes. */
final class NoSuchLaneException extends KafkaException {
    private static final long serialVersionUID = 1L;

    NoSuchLaneException(String message) {
        super(message);
    }
}
