package io.godwit.hash;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.Objects;

/**
 * Tells by 64 bits whether a page still holds what it held: seeded XXH3-64 of its bytes, wherever it lies.
 *
 * <p>A change goes unnoticed where both contents have the same hash: once in 2^64 comparisons. A guest of 1 TiB that is looked
 * through a hundred times makes fewer than 2^35. XXH3 is not cryptographic, so the seed has to be random and secret: it keeps
 * a guest from preparing two contents that hash alike, which would harm nobody but itself. That is why 64 bits are enough and
 * another 64, which would double what is kept a page, are not spent. Any thread may call it.
 *
 * <p>Source: XXH3 by Yann Collet, xxHash 0.8.
 */
public final class ContentHash {
    private final Hasher64 xxh3;

    /** @param seed random, and told to nobody */
    public ContentHash(long seed) {
        xxh3 = Hashing.xxh3_64(seed);
    }

    /**
     * Hashes {@code bytes[offset .. offset + length - 1]}.
     *
     * @throws IndexOutOfBoundsException if the range is not within the array
     */
    public long of(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return xxh3.hashBytesToLong(bytes, offset, length);
    }
}
