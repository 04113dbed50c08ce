package io.godwit.benchmarks.kernels;

import io.godwit.codec.Xbzrle;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Pairs of base and page in one of four patterns of change, enough pairs that a branch predictor cannot learn them, few
 * enough to stay in the second-level cache with their deltas.
 */
final class DeltaPages {
    static final int PAGE_BYTES = 4096;
    /** Pairs; a power of two. */
    static final int COUNT = 32;

    private static final long SEED = 42;

    final byte[][] bases = new byte[COUNT][PAGE_BYTES];
    final byte[][] pages = new byte[COUNT][];
    final byte[][] deltas = new byte[COUNT][PAGE_BYTES];
    final int[] deltaLengths = new int[COUNT];

    DeltaPages(DeltaPattern pattern) {
        RandomGenerator random = new SplittableRandom(SEED);
        for (int pair = 0; pair < COUNT; pair++) {
            random.nextBytes(bases[pair]);
            pages[pair] = bases[pair].clone();
            pattern.change(pages[pair], random);
            deltaLengths[pair] = Xbzrle.encode(bases[pair], pages[pair], deltas[pair]);
        }
    }
}
