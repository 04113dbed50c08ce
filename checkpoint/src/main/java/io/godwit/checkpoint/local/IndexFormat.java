package io.godwit.checkpoint.local;

import io.godwit.hash.PageDigest;

/**
 * The file of a checkpoint's index. Numbers are big-endian.
 *
 * <pre>
 *    0   8  magic "GODWITPI"
 *    8   4  version, 1
 *   12   4  page size
 *   16   8  n: hashes
 *   24   4  d: bytes of the description
 *   28   4  CRC-32C of everything behind the header
 *   32  32  id of the checkpoint that has exactly these hashes
 *   64   4  CRC-32C of the 64 bytes before
 *   68  28  zero
 *   96  32 n  SHA-256 of pages, ascending as unsigned bytes, each once
 *       8 n   their places, in the same order
 *       d     the checkpoint's description, as in checkpoint.json
 * </pre>
 *
 * A place is the number of a file (16 bits) and the position of the page's first byte in it (48 bits); all ones where a page
 * is no longer in any file. No hash and no place crosses a window of {@link io.godwit.ramdir.MappedBlock}, as the header is a
 * multiple of both.
 */
final class IndexFormat {
    static final long MAGIC = 0x474f445749545049L;
    static final int VERSION = 1;

    static final int MAGIC_AT = 0;
    static final int VERSION_AT = 8;
    static final int PAGE_SIZE_AT = 12;
    static final int COUNT_AT = 16;
    static final int DESCRIPTION_BYTES_AT = 24;
    static final int BODY_CRC_AT = 28;
    static final int ID_AT = 32;
    static final int HEADER_CRC_AT = 64;
    static final int HEADER_BYTES = 96;

    static final int PLACE_BYTES = Long.BYTES;
    static final int MAX_DESCRIPTION_BYTES = 64 << 20;

    /** The place of a page that is in no file any more. */
    static final long GONE = -1;

    private static final int POSITION_BITS = 48;
    static final long MAX_POSITION = (1L << POSITION_BITS) - 1;
    static final int MAX_FILES = Short.MAX_VALUE;

    private IndexFormat() {}

    static long place(int file, long position) {
        return (long) file << POSITION_BITS | position;
    }

    static int file(long place) {
        return (int) (place >>> POSITION_BITS);
    }

    static long position(long place) {
        return place & MAX_POSITION;
    }

    static long hashAt(long hash) {
        return HEADER_BYTES + hash * PageDigest.BYTES;
    }

    static long placeAt(long count, long hash) {
        return hashAt(count) + hash * PLACE_BYTES;
    }

    static long descriptionAt(long count) {
        return placeAt(count, count);
    }
}
