package io.godwit.transformer.store;

/**
 * What a process's page cache did so far, in pages.
 *
 * @param hits lookups that found the page
 * @param misses lookups that did not
 * @param insertions pages that were given a frame
 * @param updates pages whose bytes were replaced in their frame
 * @param evictions pages that lost their frame to another page, or to another lane or a smaller budget
 * @param refusals pages that were not admitted because what is cached is likelier to be sent again
 */
public record PageCacheStats(long hits, long misses, long insertions, long updates, long evictions, long refusals) {
    /** Hits divided by lookups; 0 before the first. */
    public double hitRatio() {
        long lookups = hits + misses;
        return lookups == 0 ? 0 : (double) hits / lookups;
    }
}
