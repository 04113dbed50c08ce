package io.godwit.ramdir;

import java.io.IOException;

/** A directory that is not a readable RAM directory: the message names the file, what is wrong and what to do. */
public final class RamDirectoryException extends IOException {
    private static final long serialVersionUID = 1L;

    public RamDirectoryException(String message) {
        super(message);
    }

    public RamDirectoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
