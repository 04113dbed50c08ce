package io.godwit.consumer.apply;

/** The record that a stream record was made from cannot be had: the message tells why. */
public final class LostRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    public LostRecordException(String message) {
        super(message);
    }

    public LostRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
