package io.godwit.registry;

import org.apache.kafka.common.KafkaException;

/**
 * The schema registry does not answer, or refuses: what was tried, and what to do, in one line for an operator. No fault of any
 * record. One of Kafka's exceptions, so that whoever can wait for Kafka and try again does so for the registry, too.
 */
public final class RegistryException extends KafkaException {
    private static final long serialVersionUID = 1L;

    public RegistryException(String message) {
        super(message);
    }

    public RegistryException(String message, Throwable cause) {
        super(message, cause);
    }
}
