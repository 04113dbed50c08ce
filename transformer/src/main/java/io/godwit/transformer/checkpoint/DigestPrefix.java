package io.godwit.transformer.checkpoint;

import io.godwit.hash.PageDigest;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The first 63 bits of a SHA-256, as a number that is not negative: what the index keeps of it. Digests that ascend as
 * unsigned bytes have prefixes that ascend.
 *
 * <p>With n pages indexed, a page that is not among them is taken for one of them once in 2^63 / n lookups: with a thousand
 * million, once in nine thousand million. It costs a repair at a target.
 */
final class DigestPrefix {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private DigestPrefix() {}

    /** The prefix of the digest in {@code digest[offset .. offset + 31]}. */
    static long of(byte[] digest, int offset) {
        return (long) LONGS.get(digest, offset) >>> 1;
    }

    /**
     * The prefixes of digests that lie one after the other.
     *
     * @throws IllegalArgumentException if they do not ascend
     */
    static long[] ofAll(byte[] digests) {
        long[] prefixes = new long[digests.length / PageDigest.BYTES];
        long last = 0;
        for (int page = 0; page < prefixes.length; page++) {
            long prefix = of(digests, page * PageDigest.BYTES);
            if (prefix < last) {
                throw new IllegalArgumentException("hash " + page + " is less than the one before");
            }
            prefixes[page] = prefix;
            last = prefix;
        }
        return prefixes;
    }
}
