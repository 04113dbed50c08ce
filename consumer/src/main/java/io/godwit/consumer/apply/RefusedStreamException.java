package io.godwit.consumer.apply;

import io.godwit.report.LogKeyed;
import io.godwit.report.LogKeys;
import java.util.Map;

/**
 * The stream cannot be applied any further: the message names migration, lane, sequence and cause. What was applied before
 * stays as it is.
 */
public final class RefusedStreamException extends Exception implements LogKeyed {
    private static final long serialVersionUID = 1L;

    private final transient Map<String, String> logKeys;

    public RefusedStreamException(String message) {
        this(message, null);
    }

    public RefusedStreamException(String message, Throwable cause) {
        this(message, cause, Map.of());
    }

    private RefusedStreamException(String message, Throwable cause, Map<String, String> logKeys) {
        super(message, cause);
        this.logKeys = logKeys;
    }

    /** The same, told of a lane that stands before {@code sequence}. */
    public RefusedStreamException at(int lane, long sequence) {
        return new RefusedStreamException(
                getMessage(),
                this,
                Map.of(LogKeys.LANE, String.valueOf(lane), LogKeys.SEQUENCE, String.valueOf(sequence)));
    }

    @Override
    public Map<String, String> logKeys() {
        return logKeys;
    }
}
