package io.godwit.client;

import org.apache.kafka.common.KafkaException;

/** A topic that somebody else made cannot be used as it is. The message is one line for an operator: what is wrong, what to do. */
public final class UnfitTopicException extends KafkaException {
    private static final long serialVersionUID = 1L;

    UnfitTopicException(String message) {
        super(message);
    }
}
