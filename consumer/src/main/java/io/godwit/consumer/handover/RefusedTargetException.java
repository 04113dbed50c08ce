package io.godwit.consumer.handover;

/** The guest is another target's already: the message says whose, and what to do. */
public final class RefusedTargetException extends Exception {
    private static final long serialVersionUID = 1L;

    public RefusedTargetException(String message) {
        super(message);
    }
}
