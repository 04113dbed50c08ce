package io.godwit.producer;

import io.godwit.report.LogKeyed;
import io.godwit.report.LogKeys;
import java.util.Map;

/** A migration could not be sent. The message is one line for an operator: what happened, where, and what to do. */
public final class SourceException extends Exception implements LogKeyed {
    private static final long serialVersionUID = 1L;

    private final transient Map<String, String> logKeys;

    public SourceException(String message) {
        this(message, null);
    }

    public SourceException(String message, Throwable cause) {
        this(message, cause, Map.of());
    }

    private SourceException(String message, Throwable cause, Map<String, String> logKeys) {
        super(message, cause);
        this.logKeys = logKeys;
    }

    /** One that is about {@code lane}. */
    static SourceException ofLane(int lane, String message) {
        return new SourceException(message, null, Map.of(LogKeys.LANE, String.valueOf(lane)));
    }

    @Override
    public Map<String, String> logKeys() {
        return logKeys;
    }
}
