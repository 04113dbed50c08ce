package io.godwit.codec;

import java.util.Arrays;
import java.util.Objects;

/** Fill test: whether all bytes of a page are the same byte. */
public final class FillPage {
    private FillPage() {}

    /**
     * Tells whether {@code bytes[offset .. offset + length - 1]} all equal {@code bytes[offset]}.
     *
     * @param length bytes; a range of fewer than two is a fill
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public static boolean isFill(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        // Few pages get past the first two bytes.
        if (length < 2) {
            return true;
        }
        if (bytes[offset] != bytes[offset + 1]) {
            return false;
        }
        // Equal to itself one byte further on, so every byte equals the one before it.
        int end = offset + length;
        return Arrays.equals(bytes, offset, end - 1, bytes, offset + 1, end);
    }
}
