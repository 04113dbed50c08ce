package io.godwit.cli.broker;

/** The broker could not be started, or had to stop. The message is one line for an operator: what happened, what to do. */
public final class BrokerException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokerException(String message) {
        super(message);
    }

    BrokerException(String message, Throwable cause) {
        super(message, cause);
    }
}
