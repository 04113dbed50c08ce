package io.godwit.qemu.stream;

import java.io.ByteArrayOutputStream;

/**
 * Finds the end of device state: the end mark 0x00, the description's mark 0x06, be32 n, and exactly n bytes of JSON, the
 * last bytes sent. Nothing before says where it begins, so it is looked for whenever the bytes so far could be all.
 */
final class TrailerFinder {
    private static final int HEADER_BYTES = 6;

    private final ByteArrayOutputStream all = new ByteArrayOutputStream();
    private byte last = -1;
    private boolean complete;

    /** The next bytes of device state. */
    void accept(byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        all.writeBytes(bytes);
        last = bytes[bytes.length - 1];
        complete = last == '}' && find(all.toByteArray());
    }

    /** Whether the bytes so far end with the trailer. */
    boolean isComplete() {
        return complete;
    }

    /** Whether the last byte is the end mark, after which a machine without a description sends nothing. */
    boolean endsWithEndMark() {
        return last == StreamFormat.SECTION_EOF;
    }

    private boolean find(byte[] state) {
        for (int at = 0; at + HEADER_BYTES < state.length; at++) {
            boolean marks = state[at] == StreamFormat.SECTION_EOF
                    && state[at + 1] == StreamFormat.VM_DESCRIPTION
                    && state[at + HEADER_BYTES] == '{';
            if (marks && at + HEADER_BYTES + (long) length(state, at + 2) == state.length) {
                return true;
            }
        }
        return false;
    }

    private static int length(byte[] state, int at) {
        return (state[at] & 0xff) << 24
                | (state[at + 1] & 0xff) << 16
                | (state[at + 2] & 0xff) << 8
                | (state[at + 3] & 0xff);
    }
}
