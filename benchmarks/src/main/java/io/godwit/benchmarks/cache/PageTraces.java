package io.godwit.benchmarks.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/** The traces of the comparison: a bulk round of a guest larger than the cache, then rounds of what was written meanwhile. */
final class PageTraces {
    private static final int ROUNDS = 16;
    private static final int GUEST_CACHES = 4;
    private static final double ZIPF_EXPONENT = 0.99;
    private static final long SEED = 20;

    private final int cachePages;
    private final int guestPages;
    private final Random random = new Random(SEED);

    private PageTraces(int cachePages) {
        this.cachePages = cachePages;
        guestPages = GUEST_CACHES * cachePages;
    }

    /** All traces, for caches of so many pages. The same at each call. */
    static List<PageTrace> all(int cachePages) {
        PageTraces traces = new PageTraces(cachePages);
        List<PageTrace> all = new ArrayList<>();
        for (int percent : new int[] {5, 25, 100, 150}) {
            traces.addHotSets(all, percent, false);
            traces.addHotSets(all, percent, true);
        }
        traces.addOthers(all);
        return all;
    }

    private void addHotSets(List<PageTrace> all, int percent, boolean scattered) {
        int[] hot = hotSet(cachePages * percent / 100, scattered);
        String size = "hot set " + percent + " % of the cache, " + (scattered ? "scattered, " : "in one piece, ");
        IntSupplier uniform = () -> hot[random.nextInt(hot.length)];
        IntSupplier zipf = zipf(hot);
        all.add(oneGuest(size + "written evenly", round -> written(uniform, hot.length)));
        all.add(oneGuest(size + "written by Zipf's law", round -> written(zipf, hot.length)));
        all.add(oneGuest(size + "all of it each round", round -> sorted(hot)));
    }

    private void addOthers(List<PageTrace> all) {
        all.add(oneGuest(
                "hot set 50 % of the cache, another after 5 rounds",
                round -> {
                    int first = round / 5 * cachePages;
                    return written(() -> (first + random.nextInt(cachePages / 2)) % guestPages, cachePages);
                }));
        int[] hot = hotSet(cachePages / 2, true);
        all.add(oneGuest(
                "hot set 50 % of the cache, as many writes anywhere",
                round -> {
                    IntSupplier mix =
                            () -> random.nextBoolean() ? hot[random.nextInt(hot.length)] : random.nextInt(guestPages);
                    return written(mix, cachePages);
                }));
        all.add(oneGuest("a writer that goes through the guest in four rounds", round -> {
            int first = round % GUEST_CACHES * cachePages;
            return IntStream.range(first, first + cachePages).toArray();
        }));
        int[] converging = hotSet(cachePages * 3 / 2, false);
        all.add(oneGuest(
                "hot set 150 % of the cache, rounds that shrink by a third",
                round -> {
                    double share = Math.pow(2.0 / 3, round - 2);
                    return written(
                            () -> converging[random.nextInt(converging.length)], (int) (converging.length * share));
                }));
        all.add(twoGuests("two guests, hot sets 75 % of the cache each", 75, 75));
        all.add(twoGuests("two guests, hot sets 20 % and 75 % of the cache", 20, 75));
    }

    private PageTrace oneGuest(String name, IntFunction<int[]> pagesOfRound) {
        List<int[][]> rounds = new ArrayList<>();
        rounds.add(new int[][] {IntStream.range(0, guestPages).toArray()});
        for (int round = 2; round <= ROUNDS; round++) {
            rounds.add(new int[][] {pagesOfRound.apply(round)});
        }
        return new PageTrace(name, rounds);
    }

    private PageTrace twoGuests(String name, int firstPercent, int secondPercent) {
        int[] first = hotSet(cachePages * firstPercent / 100, false);
        int[] second = hotSet(cachePages * secondPercent / 100, false);
        PageTrace one = oneGuest(name, round -> written(() -> first[random.nextInt(first.length)], first.length));
        PageTrace other = oneGuest(name, round -> written(() -> second[random.nextInt(second.length)], second.length));
        return new PageTrace(
                name,
                IntStream.range(0, ROUNDS)
                        .mapToObj(round -> new int[][] {
                            one.rounds().get(round)[0], other.rounds().get(round)[0]
                        })
                        .toList());
    }

    private int[] hotSet(int pages, boolean scattered) {
        if (!scattered) {
            return IntStream.range(guestPages / 3, guestPages / 3 + pages).toArray();
        }
        return random.ints(0, guestPages).distinct().limit(pages).toArray();
    }

    /** The pages that so many writes dirty. */
    private static int[] written(IntSupplier page, int writes) {
        BitSet dirty = new BitSet();
        for (int write = 0; write < writes; write++) {
            dirty.set(page.getAsInt());
        }
        return dirty.stream().toArray();
    }

    /** Page k of the set, in a random order, is written in proportion to 1 / k^s. */
    private IntSupplier zipf(int[] hot) {
        int[] ranked = hot.clone();
        for (int rank = ranked.length - 1; rank > 0; rank--) {
            int other = random.nextInt(rank + 1);
            int page = ranked[rank];
            ranked[rank] = ranked[other];
            ranked[other] = page;
        }
        double[] upTo = new double[ranked.length];
        double sum = 0;
        for (int rank = 0; rank < ranked.length; rank++) {
            sum += Math.pow(rank + 1, -ZIPF_EXPONENT);
            upTo[rank] = sum;
        }
        double all = sum;
        return () -> {
            int rank = Arrays.binarySearch(upTo, random.nextDouble() * all);
            return ranked[rank < 0 ? -rank - 1 : rank];
        };
    }

    private static int[] sorted(int[] pages) {
        int[] ascending = pages.clone();
        Arrays.sort(ascending);
        return ascending;
    }
}
