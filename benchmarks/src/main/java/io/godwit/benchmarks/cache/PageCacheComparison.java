package io.godwit.benchmarks.cache;

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
        for (PageTrace trace : PageTraces.all(CACHE_PAGES)) {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.1f %% | %.1f %% | %.1f %% | %.1f %% |%n",
                    trace.name(),
                    100 * godwit(trace),
                    100 * qemu(trace),
                    100 * lru(trace),
                    100 * BestPossible.hitRatio(trace, CACHE_PAGES));
        }
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
