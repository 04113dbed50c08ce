package io.godwit.consumer;

/** The migration was not received: the message says in one line what happened, where, and what to do. */
public final class ReceiveException extends Exception {
    private static final long serialVersionUID = 1L;

    public ReceiveException(String message) {
        super(message);
    }

    public ReceiveException(String message, Throwable cause) {
        super(message, cause);
    }
}
