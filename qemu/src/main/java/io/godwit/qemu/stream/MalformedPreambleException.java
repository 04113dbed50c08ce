package io.godwit.qemu.stream;

import java.io.IOException;

/** Device state that does not begin as a stream of QEMU does: the message says where and what was found. */
public final class MalformedPreambleException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedPreambleException(String message) {
        super(message);
    }
}
