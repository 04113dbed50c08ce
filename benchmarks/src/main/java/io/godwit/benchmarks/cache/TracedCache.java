package io.godwit.benchmarks.cache;

/** A cache as a trace sees it. */
interface TracedCache {
    /** The guests' next round begins; the first, 1, is the bulk round. */
    void startRound(int round);

    /**
     * A page is sent, and may be cached.
     *
     * @return whether it was cached before, so that a delta could be sent
     */
    boolean send(int guest, int page);
}
