package io.godwit.producer.precopy;

import java.io.IOException;

/**
 * The guest itself, not its memory, is why a migration ends: it cannot be paused as it should be, or its
 * hypervisor does not migrate it. The message is one line for
 * an operator, and stands by itself.
 */
public final class GuestException extends IOException {
    private static final long serialVersionUID = 1L;

    public GuestException(String message) {
        super(message);
    }

    public GuestException(String message, Throwable cause) {
        super(message, cause);
    }
}
