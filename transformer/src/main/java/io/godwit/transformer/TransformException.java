package io.godwit.transformer;

/** The transformer cannot run: what happened, where, and what to do, in one line for an operator. */
public final class TransformException extends Exception {
    private static final long serialVersionUID = 1L;

    public TransformException(String message) {
        super(message);
    }

    public TransformException(String message, Throwable cause) {
        super(message, cause);
    }
}
