package io.godwit.consumer.apply;

/**
 * The stream cannot be applied any further: the message names migration, lane, sequence and cause. What was applied before
 * stays as it is.
 */
public final class RefusedStreamException extends Exception {
    private static final long serialVersionUID = 1L;

    public RefusedStreamException(String message) {
        super(message);
    }

    public RefusedStreamException(String message, Throwable cause) {
        super(message, cause);
    }
}
