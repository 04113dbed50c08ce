package io.godwit.checkpoint.local;

import java.io.IOException;

/** A file that is no whole index: it can be made anew. */
final class DamagedIndexException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedIndexException(String message) {
        super(message);
    }

    DamagedIndexException(String message, Throwable cause) {
        super(message, cause);
    }
}
