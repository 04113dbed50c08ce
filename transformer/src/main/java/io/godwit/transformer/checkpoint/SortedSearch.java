package io.godwit.transformer.checkpoint;

/**
 * Search in numbers that ascend and are about evenly spread, as parts of hashes are: guesses a place, gallops from there, and
 * bisects what it has gone past. The guess is off by some dozens of several thousand numbers, so that few cache lines are
 * touched; numbers that are not spread evenly cost as many steps as bisecting, about twice.
 */
final class SortedSearch {
    /** First step of the gallop: a cache line. */
    private static final int FIRST_STEP = 8;

    private SortedSearch() {}

    /**
     * Returns the last place whose number is at most {@code key}, or -1.
     *
     * @param sorted not negative, ascending
     * @param low at most the first number
     * @param high at least the last number
     */
    static int floor(long[] sorted, long low, long high, long key) {
        int guess = guess(sorted.length, low, high, key);
        int below;
        int above;
        int step = FIRST_STEP;
        // Invariant: sorted[below] <= key < sorted[above], where these are places.
        if (guess >= 0 && sorted[guess] <= key) {
            below = guess;
            above = below + step;
            while (above < sorted.length && sorted[above] <= key) {
                below = above;
                step *= 2;
                above = below + step;
            }
            above = Math.min(above, sorted.length);
        } else {
            above = Math.max(0, guess);
            below = above - step;
            while (below >= 0 && sorted[below] > key) {
                above = below;
                step *= 2;
                below = above - step;
            }
            below = Math.max(below, -1);
        }
        while (above - below > 1) {
            int middle = (below + above) >>> 1;
            if (sorted[middle] <= key) {
                below = middle;
            } else {
                above = middle;
            }
        }
        return below;
    }

    /** -1 where there are no numbers. */
    private static int guess(int length, long low, long high, long key) {
        double share = (key - low) / (high - low + 1.0);
        return (int) Math.min(length - 1.0, Math.max(0, share * length));
    }
}
