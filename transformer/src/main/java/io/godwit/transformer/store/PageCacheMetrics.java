package io.godwit.transformer.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.CumulativeSum;
import org.apache.kafka.common.metrics.stats.Rate;
import org.apache.kafka.common.metrics.stats.Value;
import org.apache.kafka.streams.StreamsMetrics;
import org.apache.kafka.streams.processor.StateStoreContext;

/**
 * One store's Kafka Streams metrics, in the group {@value #GROUP}: {@code <count>-rate} per second and {@code <count>-total}
 * for each count of {@link PageCacheStats}, and {@code size-pages}. Brought up to date once a maintenance, not once a page.
 */
final class PageCacheMetrics {
    static final String GROUP = "stream-page-cache-metrics";

    private final StreamsMetrics metrics;
    private final Map<String, String> tags;
    private final String prefix;
    private final List<Count> counts = new ArrayList<>();
    private final Sensor size;

    /** What a sensor was told so far, so that it is told differences. */
    private static final class Count {
        private final Sensor sensor;
        private final ToLongFunction<PageCacheStats> total;
        private long recorded;

        private Count(Sensor sensor, ToLongFunction<PageCacheStats> total, PageCacheStats start) {
            this.sensor = sensor;
            this.total = total;
            recorded = total.applyAsLong(start);
        }

        private void record(PageCacheStats stats) {
            long now = total.applyAsLong(stats);
            sensor.record((double) (now - recorded));
            recorded = now;
        }
    }

    /** @param start the store's counts that are history: it may have been open before */
    PageCacheMetrics(StateStoreContext context, String store, PageCacheStats start) {
        metrics = context.metrics();
        tags = new TreeMap<>();
        tags.put("thread-id", Thread.currentThread().getName());
        tags.put("task-id", context.taskId().toString());
        tags.put("store", store);
        prefix = "page-cache." + context.taskId() + "." + store + ".";
        add("hits", PageCacheStats::hits, start);
        add("misses", PageCacheStats::misses, start);
        add("insertions", PageCacheStats::insertions, start);
        add("updates", PageCacheStats::updates, start);
        add("evictions", PageCacheStats::evictions, start);
        add("refusals", PageCacheStats::refusals, start);
        size = sensor("size");
        size.add(metric("size-pages", "Pages that are cached"), new Value());
    }

    void update(PageCacheStats stats, long sizePages) {
        counts.forEach(count -> count.record(stats));
        size.record((double) sizePages);
    }

    void remove() {
        counts.forEach(count -> metrics.removeSensor(count.sensor));
        metrics.removeSensor(size);
    }

    private void add(String name, ToLongFunction<PageCacheStats> total, PageCacheStats start) {
        Sensor sensor = sensor(name);
        sensor.add(metric(name + "-rate", "Pages a second: " + name), new Rate());
        sensor.add(metric(name + "-total", "Pages: " + name), new CumulativeSum());
        counts.add(new Count(sensor, total, start));
    }

    private Sensor sensor(String name) {
        return metrics.addSensor(prefix + name, Sensor.RecordingLevel.INFO);
    }

    private MetricName metric(String name, String description) {
        return new MetricName(name, GROUP, description, tags);
    }
}
