package io.godwit.qemu.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * What the source's QEMU did with its guest when it was migrated, by the section {@code globalstate} of the device state.
 *
 * <pre>
 *   0x04  be32 section id  u8 11 "globalstate"  be32 instance  be32 version  be32 length  run state, ended by 0
 * </pre>
 *
 * Sections do not say how long they are, so it is searched for.
 *
 * <p>Source: QEMU's {@code migration/global_state.c}.
 */
public final class GlobalState {
    private static final byte[] SECTION = "\013globalstate".getBytes(US_ASCII);
    /** Instance, version and length. */
    private static final int BEFORE_STATE_BYTES = 3 * Integer.BYTES;

    private static final int MAX_STATE_BYTES = 100;

    private GlobalState() {}

    /**
     * Finds the run state, as {@code running} or {@code paused}.
     *
     * @param deviceState its position and limit do not move
     * @return empty where it is not told, as machine types do that are older than QEMU 2.4
     */
    public static Optional<String> runState(ByteBuffer deviceState) {
        int last = deviceState.limit() - SECTION.length - BEFORE_STATE_BYTES - MAX_STATE_BYTES;
        for (int at = deviceState.position(); at <= last; at++) {
            if (isSection(deviceState, at)) {
                byte[] state = new byte[MAX_STATE_BYTES];
                deviceState.get(at + SECTION.length + BEFORE_STATE_BYTES, state);
                int length = 0;
                while (length < state.length && state[length] != 0) {
                    length++;
                }
                return Optional.of(new String(Arrays.copyOf(state, length), US_ASCII));
            }
        }
        return Optional.empty();
    }

    private static boolean isSection(ByteBuffer deviceState, int at) {
        for (int i = 0; i < SECTION.length; i++) {
            if (deviceState.get(at + i) != SECTION[i]) {
                return false;
            }
        }
        return true;
    }
}
