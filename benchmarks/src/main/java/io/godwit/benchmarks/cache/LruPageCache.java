package io.godwit.benchmarks.cache;

import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps the pages that were sent last, of all guests together. */
final class LruPageCache implements TracedCache {
    private final Map<Long, Boolean> pages;

    LruPageCache(int capacityPages) {
        pages = new LinkedHashMap<>(capacityPages, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
                return size() > capacityPages;
            }
        };
    }

    @Override
    public void startRound(int round) {}

    @Override
    public boolean send(int guest, int page) {
        return pages.put(((long) guest << Integer.SIZE) | page, true) != null;
    }
}
