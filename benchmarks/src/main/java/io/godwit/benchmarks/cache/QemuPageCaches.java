package io.godwit.benchmarks.cache;

import java.util.stream.Stream;

/** Several guests under QEMU: each process has a cache of its own, and they share the memory by halves, or quarters. */
final class QemuPageCaches implements TracedCache {
    private final QemuPageCache[] caches;

    /** @param guests a power of two */
    QemuPageCaches(int capacityPages, int guests) {
        caches = Stream.generate(() -> new QemuPageCache(capacityPages / guests))
                .limit(guests)
                .toArray(QemuPageCache[]::new);
    }

    @Override
    public void startRound(int round) {
        for (QemuPageCache cache : caches) {
            cache.startRound(round);
        }
    }

    @Override
    public boolean send(int guest, int page) {
        return caches[guest].send(guest, page);
    }
}
