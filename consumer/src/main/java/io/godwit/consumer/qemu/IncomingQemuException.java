package io.godwit.consumer.qemu;

import java.io.IOException;

/** The destination's QEMU cannot take the guest: the message says which, why and what to do. */
public final class IncomingQemuException extends IOException {
    private static final long serialVersionUID = 1L;

    IncomingQemuException(String message) {
        super(message);
    }

    IncomingQemuException(String message, Throwable cause) {
        super(message, cause);
    }
}
