package io.godwit.benchmarks.cache;

import java.util.List;
import java.util.function.LongConsumer;

/**
 * The pages that guests send, round after round.
 *
 * @param rounds by round, by guest: the pages that are sent, ascending; the first round is the bulk round, of all pages
 */
record PageTrace(String name, List<int[][]> rounds) {
    /** Pages of one guest that are sent before another guest's turn: a batch. */
    private static final int TURN_PAGES = 64;

    int guests() {
        return rounds.get(0).length;
    }

    /** Pages that are sent after the bulk round: where hits are possible. */
    long resentPages() {
        long pages = 0;
        for (int[][] round : rounds.subList(1, rounds.size())) {
            for (int[] guest : round) {
                pages += guest.length;
            }
        }
        return pages;
    }

    /** Hits divided by pages that were sent again. */
    double hitRatio(TracedCache cache) {
        long[] hits = new long[1];
        for (int round = 1; round <= rounds.size(); round++) {
            cache.startRound(round);
            boolean counts = round > 1;
            forEachPage(round, place -> {
                boolean hit = cache.send((int) (place >>> Integer.SIZE), (int) place);
                hits[0] += hit && counts ? 1 : 0;
            });
        }
        return (double) hits[0] / resentPages();
    }

    /** The pages of a round as they are sent, guests in turn: guest in the upper half, page in the lower. */
    void forEachPage(int round, LongConsumer place) {
        int[][] guests = rounds.get(round - 1);
        int longest = 0;
        for (int[] pages : guests) {
            longest = Math.max(longest, pages.length);
        }
        for (int from = 0; from < longest; from += TURN_PAGES) {
            for (int guest = 0; guest < guests.length; guest++) {
                for (int at = from; at < Math.min(guests[guest].length, from + TURN_PAGES); at++) {
                    place.accept(((long) guest << Integer.SIZE) | guests[guest][at]);
                }
            }
        }
    }
}
