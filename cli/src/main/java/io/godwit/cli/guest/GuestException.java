package io.godwit.cli.guest;

import java.io.IOException;

/** A guest ended, or did not do in time what was waited for: the message ends with the last lines of its console. */
public final class GuestException extends IOException {
    private static final long serialVersionUID = 1L;

    GuestException(String message) {
        super(message);
    }
}
