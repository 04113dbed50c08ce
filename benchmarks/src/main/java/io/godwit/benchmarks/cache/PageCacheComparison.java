package io.godwit.benchmarks.cache;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Prints hit rates of Godwit's page cache, QEMU's and LRU on the same traces, and the best that is possible, as Markdown. */
public final class PageCacheComparison {
    /** Pages that every cache holds; of QEMU's a power of two. */
    static final int CACHE_PAGES = 8192;

    private PageCacheComparison() {}

    public static void main(String[] args) {
        System.out.printf(
                "Hits of pages sent again; caches of %d pages, guests of four times as many.%n%n", CACHE_PAGES);
        System.out.println("| trace | Godwit | QEMU | LRU | best possible |");
        System.out.println("|---|---|---|---|---|");
        List<PageTrace> traces = PageTraces.all(CACHE_PAGES);
        double[] sums = new double[4];
        for (PageTrace trace : traces) {
            double[] ratios = {godwit(trace), qemu(trace), lru(trace), BestPossible.hitRatio(trace, CACHE_PAGES)};
            Arrays.setAll(sums, cache -> sums[cache] + ratios[cache]);
            print(trace.name(), ratios);
        }
        Arrays.setAll(sums, cache -> sums[cache] / traces.size());
        print("mean", sums);
    }

    private static void print(String name, double[] ratios) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %.1f %% | %.1f %% | %.1f %% | %.1f %% |%n",
                name,
                100 * ratios[0],
                100 * ratios[1],
                100 * ratios[2],
                100 * ratios[3]);
    }

    static double godwit(PageTrace trace) {
        return trace.hitRatio(new GodwitPageCache(CACHE_PAGES));
    }

    static double qemu(PageTrace trace) {
        return trace.hitRatio(new QemuPageCaches(CACHE_PAGES, trace.guests()));
    }

    static double lru(PageTrace trace) {
        return trace.hitRatio(new LruPageCache(CACHE_PAGES));
    }
}
