package io.godwit.producer.source;

/**
 * A small random generator whose state is one long: starts at no cost, so that every page can have its own.
 *
 * <p>Source: Steele, Lea, Flood, Fast Splittable Pseudorandom Number Generators, OOPSLA 2014 (SplitMix64). One thread each.
 */
final class SplitMix {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    /** A generator whose numbers depend on both arguments. */
    SplitMix(long seed, long stream) {
        state = mix(seed * GAMMA) + mix(stream);
    }

    long next() {
        state += GAMMA;
        return mix(state);
    }

    /** Uniform in 0..bound-1, but for a bias of bound / 2^32. */
    int below(int bound) {
        return (int) (((next() >>> 32) * bound) >>> 32);
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
