package io.godwit.benchmarks.cache;

import java.util.Arrays;

/**
 * QEMU's XBZRLE cache, of one guest: direct-mapped, with an age.
 *
 * <p>A page has one place, its address in pages modulo the cache's. A place that another page holds is taken over only when
 * that page was not sent for {@value #CACHED_PAGE_LIFETIME} rounds. Nothing is cached in the bulk round.
 *
 * <p>Source: QEMU 10, {@code migration/page_cache.c} and {@code save_xbzrle_page} in {@code migration/ram.c}, from what they
 * do.
 */
final class QemuPageCache implements TracedCache {
    private static final int CACHED_PAGE_LIFETIME = 2;
    private static final int EMPTY = -1;

    private final int[] pages;
    private final int[] ages;
    private int round;

    /** @param capacityPages a power of two */
    QemuPageCache(int capacityPages) {
        if (Integer.bitCount(capacityPages) != 1) {
            throw new IllegalArgumentException("QEMU's cache holds a power of two of pages, not " + capacityPages);
        }
        pages = new int[capacityPages];
        ages = new int[capacityPages];
        Arrays.fill(pages, EMPTY);
    }

    @Override
    public void startRound(int newRound) {
        round = newRound;
    }

    @Override
    public boolean send(int guest, int page) {
        if (round == 1) {
            return false;
        }
        int place = page & (pages.length - 1);
        if (pages[place] == page) {
            ages[place] = round;
            return true;
        }
        if (pages[place] == EMPTY || ages[place] + CACHED_PAGE_LIFETIME <= round) {
            pages[place] = page;
            ages[place] = round;
        }
        return false;
    }
}
