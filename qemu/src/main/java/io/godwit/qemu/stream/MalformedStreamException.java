package io.godwit.qemu.stream;

import java.io.IOException;

/** The bytes are no migration stream of QEMU's, or one that cannot be carried: the message says what and where. */
public final class MalformedStreamException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedStreamException(String message) {
        super(message);
    }

    MalformedStreamException(String message, Throwable cause) {
        super(message, cause);
    }
}
