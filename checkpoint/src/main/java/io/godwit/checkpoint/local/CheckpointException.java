package io.godwit.checkpoint.local;

import java.io.IOException;

/** A checkpoint that cannot be made, read or removed: the message says why and what to do, in one line. */
public final class CheckpointException extends IOException {
    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
