package io.godwit.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** Zero test: whether all bytes of a page are zero. A page that is not mostly shows it in its first bytes. */
public final class ZeroPage {
    private static final int WORDS = 8;
    private static final int STEP_BYTES = WORDS * Long.BYTES;
    private static final VarHandle BUFFER =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private ZeroPage() {}

    /**
     * Tells whether {@code bytes[offset .. offset + length - 1]} are all zero.
     *
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public static boolean isZero(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return length == 0 || (bytes[offset] == 0 && FillPage.isFill(bytes, offset, length));
    }

    /**
     * Tells whether {@code length} bytes of {@code buffer} from index {@code offset} on are all zero. Its position does not
     * move, nor matter.
     *
     * @throws IndexOutOfBoundsException if the range is not below the buffer's limit
     */
    public static boolean isZero(ByteBuffer buffer, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.limit());
        int end = offset + length;
        int at = offset;
        for (; at <= end - STEP_BYTES; at += STEP_BYTES) {
            if (isNonZero(buffer, at)) {
                return false;
            }
        }
        for (; at < end; at++) {
            if (buffer.get(at) != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNonZero(ByteBuffer buffer, int at) {
        long bits = (long) BUFFER.get(buffer, at)
                | (long) BUFFER.get(buffer, at + 8)
                | (long) BUFFER.get(buffer, at + 16)
                | (long) BUFFER.get(buffer, at + 24)
                | (long) BUFFER.get(buffer, at + 32)
                | (long) BUFFER.get(buffer, at + 40)
                | (long) BUFFER.get(buffer, at + 48)
                | (long) BUFFER.get(buffer, at + 56);
        return bits != 0;
    }
}
