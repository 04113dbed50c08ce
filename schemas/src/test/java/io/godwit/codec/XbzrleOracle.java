package io.godwit.codec;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * XBZRLE written from its description in the plainest way, to check {@link Xbzrle} against: the page is first cut into runs,
 * then the runs are written, then it is asked what QEMU's checks for room would have said.
 */
final class XbzrleOracle {
    private static final int LONGEST_RUN = 16383;

    private XbzrleOracle() {}

    /** The delta, empty where the pages are equal; nothing on overflow. */
    static Optional<byte[]> encode(byte[] base, byte[] page, int room) {
        List<Integer> runs = runs(base, page);
        boolean equalTail = runs.size() % 2 == 1;
        int pairs = runs.size() / 2;
        ByteArrayOutputStream delta = new ByteArrayOutputStream();
        int from = 0;
        for (int pair = 0; pair < pairs; pair++) {
            int zeroRun = runs.get(2 * pair);
            int nonZeroRun = runs.get(2 * pair + 1);
            if (zeroRun > LONGEST_RUN || nonZeroRun > LONGEST_RUN) {
                return Optional.empty();
            }
            if (room - delta.size() < 2) {
                return Optional.empty();
            }
            delta.writeBytes(uleb128(zeroRun));
            if (room - delta.size() < 2) {
                return Optional.empty();
            }
            delta.writeBytes(uleb128(nonZeroRun));
            from += zeroRun;
            delta.writeBytes(Arrays.copyOfRange(page, from, from + nonZeroRun));
            if (delta.size() > room) {
                return Optional.empty();
            }
            from += nonZeroRun;
        }
        boolean noRoomToLookAtTheTail = equalTail && room - delta.size() < 2;
        return noRoomToLookAtTheTail ? Optional.empty() : Optional.of(delta.toByteArray());
    }

    /** The page, nothing where the delta breaks a rule. */
    static Optional<byte[]> decode(byte[] base, byte[] delta) {
        byte[] page = base.clone();
        List<Byte> input = new ArrayList<>();
        for (byte value : delta) {
            input.add(value);
        }
        int at = 0;
        boolean first = true;
        if (delta.length > base.length) {
            return Optional.empty();
        }
        while (!input.isEmpty()) {
            int zeroRun = takeLength(input);
            int nonZeroRun = zeroRun < 0 ? -1 : takeLength(input);
            if (nonZeroRun <= 0 || (zeroRun == 0 && !first) || nonZeroRun > input.size()) {
                return Optional.empty();
            }
            at += zeroRun;
            for (int count = 0; count < nonZeroRun; count++) {
                if (at >= page.length) {
                    return Optional.empty();
                }
                page[at++] = input.remove(0);
            }
            first = false;
        }
        return Optional.of(page);
    }

    /** Lengths of runs of equal, changed, equal, ... bytes; the first one may be 0. */
    private static List<Integer> runs(byte[] base, byte[] page) {
        List<Integer> runs = new ArrayList<>();
        boolean equal = true;
        int length = 0;
        for (int at = 0; at < page.length; at++) {
            if ((base[at] == page[at]) != equal) {
                runs.add(length);
                length = 0;
                equal = !equal;
            }
            length++;
        }
        runs.add(length);
        return runs;
    }

    private static byte[] uleb128(int value) {
        return value < 128 ? new byte[] {(byte) value} : new byte[] {(byte) (128 + value % 128), (byte) (value / 128)};
    }

    /** Takes a length off the input, or returns -1 where there is none. */
    private static int takeLength(List<Byte> input) {
        if (input.size() < 2) {
            return -1;
        }
        int low = input.remove(0) & 0xFF;
        if (low < 128) {
            return low;
        }
        int high = input.remove(0) & 0xFF;
        return high < 128 ? low - 128 + high * 128 : -1;
    }
}
