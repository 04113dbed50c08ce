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

    /** Bytes after which an equal run is taken for a long one, worth the set-up of the JVM's vectorised search. */
    private static final int SHORT_RUN_BYTES = 64;

    private static final int STEP_BYTES = 4 * Long.BYTES;

    private static final long LOWEST_BITS = 0x0101010101010101L;
    private static final long HIGHEST_BITS = 0x8080808080808080L;
    private static final VarHandle LE32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
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
            copyRun(page, changed, out, output, nonZeroRun);
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
     * <p>As QEMU's loader does, it writes while it reads, so a delta that is refused may have changed the page by then: decode
     * into a copy where the base is still needed. Bytes around the page never change.
     *
     * @param page holds the base; {@code delta} must be another array
     * @throws MalformedDeltaException if the delta breaks a rule of the format, or reaches past the page
     * @throws IndexOutOfBoundsException if a range is not within its array
     */
    public static void decode(byte[] delta, int deltaOffset, int length, byte[] page, int pageOffset, int pageSize)
            throws MalformedDeltaException {
        Objects.checkFromIndexSize(deltaOffset, length, delta.length);
        Objects.checkFromIndexSize(pageOffset, pageSize, page.length);
        if (length > pageSize) {
            throw new MalformedDeltaException("delta of " + length + " bytes is longer than the page of " + pageSize);
        }
        int deltaEnd = deltaOffset + length;
        int pageEnd = pageOffset + pageSize;
        int input = deltaOffset;
        int output = pageOffset;
        while (input < deltaEnd) {
            int start = input - deltaOffset;
            checkRoomForLength(input - deltaOffset, deltaEnd - input);
            int zeroRun = delta[input++];
            if (zeroRun < 0) {
                zeroRun = joinLength(zeroRun, delta[input], input - deltaOffset);
                input++;
            }
            checkRoomForLength(input - deltaOffset, deltaEnd - input);
            int nonZeroRun = delta[input++];
            if (nonZeroRun < 0) {
                nonZeroRun = joinLength(nonZeroRun, delta[input], input - deltaOffset);
                input++;
            }
            output += zeroRun;
            checkRuns(start, zeroRun, nonZeroRun, pageEnd - output, deltaEnd - input);
            copyRun(delta, input, page, output, nonZeroRun);
            input += nonZeroRun;
            output += nonZeroRun;
        }
    }

    private static void checkRoomForLength(int position, int left) throws MalformedDeltaException {
        if (left < MAX_LENGTH_BYTES) {
            throw malformed("fewer than " + MAX_LENGTH_BYTES + " bytes left for a length", position);
        }
    }

    /**
     * Checks a zero run and the non-zero run after it.
     *
     * @param start where in the delta the pair begins
     * @param pageLeft bytes of the page behind the zero run, negative where it ends before
     * @param deltaLeft bytes of the delta behind the lengths
     */
    private static void checkRuns(int start, int zeroRun, int nonZeroRun, int pageLeft, int deltaLeft)
            throws MalformedDeltaException {
        if (zeroRun == 0 && start != 0) {
            throw malformed("a zero run of no bytes after the first one", start);
        }
        if (nonZeroRun == 0) {
            throw malformed("a non-zero run of no bytes", start);
        }
        if (nonZeroRun > pageLeft) {
            throw malformed("runs of " + zeroRun + " and " + nonZeroRun + " bytes that reach past the page", start);
        }
        if (nonZeroRun > deltaLeft) {
            throw malformed("a non-zero run of " + nonZeroRun + " bytes and only " + deltaLeft + " more", start);
        }
    }

    private static MalformedDeltaException malformed(String what, int position) {
        return new MalformedDeltaException("delta has " + what + ", at its byte " + position);
    }

    /**
     * Returns where the first byte from {@code from} on that differs from the base lies, {@code end} if there is none.
     *
     * <p>Four words a step: with one, the loop costs more than the words where equal runs are short.
     */
    private static int skipEqual(byte[] base, int baseShift, byte[] page, int from, int end) {
        int at = from;
        int lastStep = Math.min(end, from + SHORT_RUN_BYTES) - STEP_BYTES;
        while (at <= lastStep) {
            long difference = difference(base, baseShift, page, at);
            if (difference != 0) {
                return at + lowestByte(difference);
            }
            difference = difference(base, baseShift, page, at + Long.BYTES);
            if (difference != 0) {
                return at + Long.BYTES + lowestByte(difference);
            }
            difference = difference(base, baseShift, page, at + 2 * Long.BYTES);
            if (difference != 0) {
                return at + 2 * Long.BYTES + lowestByte(difference);
            }
            difference = difference(base, baseShift, page, at + 3 * Long.BYTES);
            if (difference != 0) {
                return at + 3 * Long.BYTES + lowestByte(difference);
            }
            at += STEP_BYTES;
        }
        int equal = Arrays.mismatch(base, at + baseShift, end + baseShift, page, at, end);
        return equal < 0 ? end : at + equal;
    }

    /** Returns where the first byte from {@code from} on that equals the base lies, {@code end} if there is none. */
    private static int skipChanged(byte[] base, int baseShift, byte[] page, int from, int end) {
        int at = from;
        while (at <= end - Long.BYTES) {
            long difference = difference(base, baseShift, page, at);
            // Marks zero bytes; what it may mark wrongly lies above a right mark, and the lowest one is asked for.
            long equal = (difference - LOWEST_BITS) & ~difference & HIGHEST_BITS;
            if (equal != 0) {
                // Runs that end with a word are common, and a branch is foretold where a count would be waited for.
                return (byte) difference == 0 ? at : at + lowestByte(equal);
            }
            at += Long.BYTES;
        }
        while (at < end && base[at + baseShift] != page[at]) {
            at++;
        }
        return at;
    }

    /** The bytes that differ in the word at {@code at}, the first one lowest. */
    private static long difference(byte[] base, int baseShift, byte[] page, int at) {
        return (long) LE64.get(base, at + baseShift) ^ (long) LE64.get(page, at);
    }

    /** Number of the lowest byte of {@code word} that is not zero. */
    private static int lowestByte(long word) {
        return Long.numberOfTrailingZeros(word) >>> 3;
    }

    /** Copies a run. Most are short, and a call would cost more than the copy: two words that overlap make any length. */
    private static void copyRun(byte[] source, int from, byte[] target, int to, int length) {
        if (length == 1) {
            target[to] = source[from];
        } else if (length > 2 * Long.BYTES) {
            System.arraycopy(source, from, target, to, length);
        } else if (length >= Long.BYTES) {
            LE64.set(target, to, (long) LE64.get(source, from));
            LE64.set(target, to + length - Long.BYTES, (long) LE64.get(source, from + length - Long.BYTES));
        } else if (length >= Integer.BYTES) {
            LE32.set(target, to, (int) LE32.get(source, from));
            LE32.set(target, to + length - Integer.BYTES, (int) LE32.get(source, from + length - Integer.BYTES));
        } else {
            target[to] = source[from];
            target[to + 1] = source[from + 1];
            target[to + length - 1] = source[from + length - 1];
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

    private static int joinLength(int low, int high, int position) throws MalformedDeltaException {
        if (high < 0) {
            throw malformed("a length of more than " + MAX_LENGTH_BYTES + " bytes", position - 1);
        }
        return (low & LENGTH_MASK) | high << LENGTH_BITS;
    }
}
