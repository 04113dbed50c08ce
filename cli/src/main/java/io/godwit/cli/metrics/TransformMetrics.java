package io.godwit.cli.metrics;

import io.godwit.transformer.Transformer;
import io.godwit.transformer.TransformerProgress;
import io.godwit.transformer.store.PageCacheBudget;
import io.godwit.transformer.store.PageCacheStats;
import java.util.Objects;

/** What a transformer says of itself: ready while it takes records. */
public final class TransformMetrics implements RoleMetrics {
    private final Transformer transformer;

    public TransformMetrics(Transformer transformer) {
        this.transformer = Objects.requireNonNull(transformer, "transformer");
    }

    @Override
    public Readiness readiness() {
        return transformer.isRunning()
                ? new Readiness(true, "running")
                : new Readiness(false, "starting, stopping, or sharing the work out anew");
    }

    @Override
    public void collect(MetricFamilies families) {
        TransformerProgress progress = transformer.progress();
        collectRecords(families, progress);
        families.counter(
                "godwit_transform_pages_total",
                "Pages that came, by the encoding they left in; unchanged: left out.",
                PageKinds.LABEL,
                PageKinds.of(progress.pages()));
        families.counter(
                "godwit_transform_overflows_total",
                "Pages whose delta would not have been shorter than the page.",
                progress.overflows());
        families.counter(
                "godwit_transform_checkpoint_lookups_total",
                "Pages looked up in checkpoints; found were those that left as hashes.",
                progress.checkpointLookups());
        collectCache(families, transformer.pageCache());
    }

    private static void collectRecords(MetricFamilies families, TransformerProgress progress) {
        families.counter("godwit_transform_records_total", "Ingress records taken in.", progress.records());
        families.counter(
                "godwit_transform_repeated_records_total",
                "Ingress records met again, or fenced off by a newer attempt.",
                progress.repeatedRecords());
        families.counter(
                "godwit_transform_refused_records_total",
                "Ingress records that could not be read: each stops its migration.",
                progress.refusedRecords());
        families.counter(
                "godwit_transform_dropped_records_total",
                "Ingress records without a stream to go to.",
                progress.droppedRecords());
        families.counter("godwit_transform_ingress_bytes_total", "Bytes of ingress records.", progress.bytesIn());
        families.counter("godwit_transform_stream_bytes_total", "Bytes of stream records.", progress.bytesOut());
    }

    private static void collectCache(MetricFamilies families, PageCacheBudget cache) {
        PageCacheStats stats = cache.stats();
        families.gauge("godwit_transform_page_cache_max_bytes", "What the page cache may take.", cache.maxBytes());
        families.gauge(
                "godwit_transform_page_cache_used_bytes", "What cached pages and their index take.", cache.usedBytes());
        families.counter("godwit_transform_page_cache_hits_total", "Pages found in the page cache.", stats.hits());
        families.counter(
                "godwit_transform_page_cache_misses_total",
                "Pages looked up in the page cache in vain.",
                stats.misses());
        families.counter(
                "godwit_transform_page_cache_insertions_total",
                "Pages that were given room in the page cache.",
                stats.insertions());
        families.counter(
                "godwit_transform_page_cache_evictions_total",
                "Pages that lost their room in the page cache to others, or to a smaller cache.",
                stats.evictions());
        families.counter(
                "godwit_transform_page_cache_refusals_total",
                "Pages that were given no room in the page cache, as what is there is likelier to be sent again.",
                stats.refusals());
    }
}
