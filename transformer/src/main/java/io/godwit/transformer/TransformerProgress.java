package io.godwit.transformer;

import io.godwit.report.PageCounts;

/**
 * What a transformer has done since it was started.
 *
 * @param records ingress records taken in
 * @param repeatedRecords of these, met again or fenced off by a newer attempt
 * @param refusedRecords of these, not readable
 * @param droppedRecords of these, without a stream topic to go to
 * @param bytesIn bytes of ingress records
 * @param bytesOut bytes of stream records
 * @param pages pages by encoding
 * @param overflows pages whose delta would not have been shorter than the page
 * @param cacheHits pages found in the cache
 * @param cacheMisses pages looked up in vain
 * @param checkpointLookups pages looked up in checkpoints; those found are the hashes among {@code pages}
 * @param cacheBytes bytes the page cache uses
 */
public record TransformerProgress(
        long records,
        long repeatedRecords,
        long refusedRecords,
        long droppedRecords,
        long bytesIn,
        long bytesOut,
        PageCounts pages,
        long overflows,
        long cacheHits,
        long cacheMisses,
        long checkpointLookups,
        long cacheBytes) {}
