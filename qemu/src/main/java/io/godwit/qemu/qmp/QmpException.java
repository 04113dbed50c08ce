package io.godwit.qemu.qmp;

import java.io.IOException;

/** QEMU refused a command: the message is QEMU's own. */
public final class QmpException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String errorClass;

    QmpException(String command, String errorClass, String description) {
        super("QEMU refuses " + command + ": " + description);
        this.errorClass = errorClass;
    }

    /** Whether this QEMU does not know the command at all. */
    public boolean isUnknownCommand() {
        return errorClass.equals("CommandNotFound");
    }
}
