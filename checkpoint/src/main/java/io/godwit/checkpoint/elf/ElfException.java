package io.godwit.checkpoint.elf;

import java.io.IOException;

/** A file that is no core dump that can be read: the message names the file, what is wrong in it, and what to do. */
public final class ElfException extends IOException {
    private static final long serialVersionUID = 1L;

    public ElfException(String message) {
        super(message);
    }
}
