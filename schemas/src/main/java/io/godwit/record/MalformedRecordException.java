package io.godwit.record;

/** Bytes from outside that break the contract: names the field, the rule and the value found. Never carries page content. */
public final class MalformedRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedRecordException(String message) {
        super(message);
    }

    public MalformedRecordException(String message, Throwable cause) {
        super(message, cause);
    }
}
