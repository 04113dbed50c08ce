package io.godwit.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * XBZRLE: a page as what changed since an earlier version of it, its base. Byte-exact with QEMU's scalar encoder, as strict
 * as QEMU's loader.
 *
 * <p>Assumption: a page that is sent again differs from its base in a few short ranges. The delta names the ranges that are
 * equal by their length alone and carries the bytes of those that are not:
 *
 * <pre>
 *   delta    = (zero-run non-zero-run)*
 *   zero-run = length                     bytes equal to the base; 0 only at the start of the page
 *   non-zero-run = length byte{length}    bytes of the page, the first one that equals the base ends the run; never 0
 *   length   = ULEB128 of one or two bytes, low seven bits first: 0 .. 16383
 *
 *   base  00 00 00 00 00 00 00 00
 *   page  00 00 41 42 00 00 00 00   delta  02 02 41 42
 * </pre>
 *
 * Equal bytes at the end are left out, so the delta of equal pages is empty. A page with a run longer than 16383 bytes, which
 * only pages larger than 16 KiB can have and still be worth a delta, has no delta: it goes in full.
 *
 * <p>Deltas overwrite, they do not XOR: applying one twice is the same as applying it once. Source: QEMU,
 * docs/xbzrle.txt and the format that {@code migration/xbzrle.c} reads. Static and stateless.
 */
public final class Xbzrle {
    /** Result of {@link #encode(byte[], byte[], byte[]) encode}: no delta fits a page, it goes in full. */
    public static final int OVERFLOW = -1;

    /** Longest run that two bytes of ULEB128 hold. */
    static final int MAX_RUN_BYTES = 0x3FFF;

    /** What must be left of input or output before a length is read or written, even where it takes but one byte. */
    private static final int MAX_LENGTH_BYTES = 2;

    private static final int LENGTH_CONTINUES = 0x80;
    private static final int LENGTH_BITS = 7;
    private static final int LENGTH_MASK = 0x7F;

    /** Where an equal run goes on after this many bytes, the JVM's vectorised search is worth its set-up. */
    private static final int SHORT_RUN_BYTES = 64;

    private static final long LOWEST_BITS = 0x0101010101010101L;
    private static final long HIGHEST_BITS = 0x8080808080808080L;
    private static final VarHandle LE64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Xbzrle() {}

    /**
     * Encodes a page that fills its array: {@link #encode(byte[], int, byte[], int, int, byte[], int)} from the first byte
     * of each.
     *
     * @throws IllegalArgumentException if base and page differ in length
     */
    public static int encode(byte[] base, byte[] page, byte[] out) {
        if (base.length != page.length) {
            throw new IllegalArgumentException("base has " + base.length + " bytes, the page " + page.length);
        }
        return encode(base, 0, page, 0, page.length, out, 0);
    }

    /**
     * Writes the delta that makes the page of its base.
     *
     * <p>It may take {@code pageSize} bytes of {@code out}, or fewer where {@code out} ends before. What of these lies after
     * the delta, or all of them on overflow, holds no meaning afterwards. {@code out} must be none of the inputs.
     *
     * @return bytes of the delta; 0 where base and page are equal; {@link #OVERFLOW} where it does not fit
     * @throws IndexOutOfBoundsException if a range is not within its array
     */
    public static int encode(
            byte[] base, int baseOffset, byte[] page, int pageOffset, int pageSize, byte[] out, int outOffset) {
        Objects.checkFromIndexSize(baseOffset, pageSize, base.length);
        Objects.checkFromIndexSize(pageOffset, pageSize, page.length);
        Objects.checkFromToIndex(outOffset, out.length, out.length);
        int pageEnd = pageOffset + pageSize;
        int outEnd = outOffset + Math.min(pageSize, out.length - outOffset);
        int baseShift = baseOffset - pageOffset;
        int equal = pageOffset;
        int output = outOffset;
        while (equal < pageEnd) {
            // As QEMU does: room for a length is asked for before it is known whether there is one to write.
            if (outEnd - output < MAX_LENGTH_BYTES) {
                return OVERFLOW;
            }
            int changed = skipEqual(base, baseShift, page, equal, pageEnd);
            if (changed == pageEnd) {
                break;
            }
            int zeroRun = changed - equal;
            if (zeroRun > MAX_RUN_BYTES) {
                return OVERFLOW;
            }
            output = writeLength(zeroRun, out, output);
            if (outEnd - output < MAX_LENGTH_BYTES) {
                return OVERFLOW;
            }
            equal = skipChanged(base, baseShift, page, changed, pageEnd);
            int nonZeroRun = equal - changed;
            if (nonZeroRun > MAX_RUN_BYTES) {
                return OVERFLOW;
            }
            output = writeLength(nonZeroRun, out, output);
            if (nonZeroRun > outEnd - output) {
                return OVERFLOW;
            }
            copyRun(page, changed, pageEnd, out, output, outEnd, nonZeroRun);
            output += nonZeroRun;
        }
        return output - outOffset;
    }

    /** Applies a delta that begins its array to a page that fills its own; see {@link #decode(byte[], int, int, byte[], int, int)}. */
    public static void decode(byte[] delta, int length, byte[] page) throws MalformedDeltaException {
        decode(delta, 0, length, page, 0, page.length);
    }

    /**
     * Makes the page of its base, in place. An empty delta changes nothing.
     *
     * @param page holds the base; {@code delta} must be another array
     * @throws MalformedDeltaException if the delta breaks a rule of the format, or reaches past the page; the page is then as
     *     it was
     * @throws IndexOutOfBoundsException if a range is not within its array
     */
    public static void decode(byte[] delta, int deltaOffset, int length, byte[] page, int pageOffset, int pageSize)
            throws MalformedDeltaException {
        Objects.checkFromIndexSize(deltaOffset, length, delta.length);
        Objects.checkFromIndexSize(pageOffset, pageSize, page.length);
        check(delta, deltaOffset, length, pageSize);
        int deltaEnd = deltaOffset + length;
        int input = deltaOffset;
        int output = pageOffset;
        while (input < deltaEnd) {
            int zeroRun = readLength(delta, input);
            input += lengthBytes(delta, input);
            int nonZeroRun = readLength(delta, input);
            input += lengthBytes(delta, input);
            output += zeroRun;
            System.arraycopy(delta, input, page, output, nonZeroRun);
            input += nonZeroRun;
            output += nonZeroRun;
        }
    }

    /** Checks the whole delta before a byte of the page is written: a refused delta must leave a base that others fit. */
    private static void check(byte[] delta, int deltaOffset, int length, int pageSize) throws MalformedDeltaException {
        if (length > pageSize) {
            throw new MalformedDeltaException("delta of " + length + " bytes is longer than the page of " + pageSize);
        }
        int deltaEnd = deltaOffset + length;
        int input = deltaOffset;
        int reached = 0;
        while (input < deltaEnd) {
            int zeroRun = checkLength(delta, deltaOffset, input, deltaEnd);
            if (zeroRun == 0 && input != deltaOffset) {
                throw malformed("zero run of no bytes after the first", input - deltaOffset);
            }
            input += lengthBytes(delta, input);
            int nonZeroRun = checkLength(delta, deltaOffset, input, deltaEnd);
            if (nonZeroRun == 0) {
                throw malformed("non-zero run of no bytes", input - deltaOffset);
            }
            input += lengthBytes(delta, input);
            reached += zeroRun + nonZeroRun;
            if (reached > pageSize) {
                throw malformed("run reaches byte " + reached + " of a page of " + pageSize, input - deltaOffset);
            }
            if (nonZeroRun > deltaEnd - input) {
                throw malformed(
                        "non-zero run of " + nonZeroRun + " bytes, the delta has " + (deltaEnd - input) + " more",
                        input - deltaOffset);
            }
            input += nonZeroRun;
        }
    }

    private static int checkLength(byte[] delta, int deltaOffset, int input, int deltaEnd)
            throws MalformedDeltaException {
        if (deltaEnd - input < MAX_LENGTH_BYTES) {
            throw malformed("fewer than " + MAX_LENGTH_BYTES + " bytes left for a length", input - deltaOffset);
        }
        if (delta[input] < 0 && delta[input + 1] < 0) {
            throw malformed("length of more than " + MAX_LENGTH_BYTES + " bytes", input - deltaOffset);
        }
        return readLength(delta, input);
    }

    private static MalformedDeltaException malformed(String rule, int position) {
        return new MalformedDeltaException("delta has a " + rule + ", at its byte " + position);
    }

    /** Returns where the first byte from {@code from} on that differs from the base lies, {@code end} if there is none. */
    private static int skipEqual(byte[] base, int baseShift, byte[] page, int from, int end) {
        int at = from;
        int shortEnd = Math.min(end, from + SHORT_RUN_BYTES) - Long.BYTES;
        while (at <= shortEnd) {
            long difference = (long) LE64.get(base, at + baseShift) ^ (long) LE64.get(page, at);
            if (difference != 0) {
                return at + (Long.numberOfTrailingZeros(difference) >>> 3);
            }
            at += Long.BYTES;
        }
        int equal = Arrays.mismatch(base, at + baseShift, end + baseShift, page, at, end);
        return equal < 0 ? end : at + equal;
    }

    /** Returns where the first byte from {@code from} on that equals the base lies, {@code end} if there is none. */
    private static int skipChanged(byte[] base, int baseShift, byte[] page, int from, int end) {
        int at = from;
        while (at <= end - Long.BYTES) {
            long difference = (long) LE64.get(base, at + baseShift) ^ (long) LE64.get(page, at);
            // Marks zero bytes; what it may mark wrongly lies above a right mark, and the lowest one is asked for.
            long equal = (difference - LOWEST_BITS) & ~difference & HIGHEST_BITS;
            if (equal != 0) {
                return at + (Long.numberOfTrailingZeros(equal) >>> 3);
            }
            at += Long.BYTES;
        }
        while (at < end && base[at + baseShift] != page[at]) {
            at++;
        }
        return at;
    }

    /** Copies a run; a short one as a whole word, where neither array ends before, since a call would cost more. */
    private static void copyRun(byte[] page, int from, int pageEnd, byte[] out, int output, int outEnd, int length) {
        if (length <= Long.BYTES && pageEnd - from >= Long.BYTES && outEnd - output >= Long.BYTES) {
            LE64.set(out, output, (long) LE64.get(page, from));
        } else {
            System.arraycopy(page, from, out, output, length);
        }
    }

    private static int writeLength(int length, byte[] out, int output) {
        if (length <= LENGTH_MASK) {
            out[output] = (byte) length;
            return output + 1;
        }
        out[output] = (byte) (length | LENGTH_CONTINUES);
        out[output + 1] = (byte) (length >>> LENGTH_BITS);
        return output + 2;
    }

    private static int readLength(byte[] delta, int input) {
        int low = delta[input];
        return low >= 0 ? low : (low & LENGTH_MASK) | delta[input + 1] << LENGTH_BITS;
    }

    private static int lengthBytes(byte[] delta, int input) {
        return delta[input] >= 0 ? 1 : 2;
    }
}
