package io.godwit.hash;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;

/**
 * The page hash h(p): XXH3-64 of a page's bytes, mixed with its block and index into 64 bits. A zero page counts 0.
 *
 * <p>Sums of page hashes (mod 2^64) are a run's checksum and a lane's digest. The place is mixed in so that two pages that
 * change places change the sum. Not cryptographic: it finds damage, not forgery.
 *
 * <pre>
 *   place(b, i) = fmix64((b + 1) * 0x9E3779B97F4A7C15 + i)        b: block's number in the manifest, i: page index
 *   h(p)        = fmix64(XXH3_64(bytes, seed 0) + place(b, i))    0 if all bytes are zero; 1 where it would be 0 otherwise
 * </pre>
 *
 * Source: XXH3 by Yann Collet, xxHash 0.8; fmix64 is the finalizer of MurmurHash3 by Austin Appleby.
 */
public final class PageHash {
    /** The hash of a page of zero bytes, wherever it lies. */
    public static final long ZERO = 0;

    private static final Hasher64 XXH3 = Hashing.xxh3_64();
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private PageHash() {}

    /**
     * Hashes a page that is known to hold a byte other than zero.
     *
     * @param block the block's number in the manifest
     * @param index the page's index in its block
     */
    public static long ofNonZero(byte[] bytes, int offset, int pageSize, int block, long index) {
        long hash = fmix64(XXH3.hashBytesToLong(bytes, offset, pageSize) + place(block, index));
        // Targets take the hash 0 for a page that is zero, and would not clear one that only hashes to it.
        return hash == ZERO ? 1 : hash;
    }

    private static long place(int block, long index) {
        return fmix64((block + 1L) * GOLDEN + index);
    }

    private static long fmix64(long value) {
        long mixed = value;
        mixed = (mixed ^ (mixed >>> 33)) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ (mixed >>> 33);
    }
}
