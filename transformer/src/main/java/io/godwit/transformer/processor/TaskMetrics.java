package io.godwit.transformer.processor;

import io.godwit.record.PageEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.CumulativeSum;
import org.apache.kafka.common.metrics.stats.Rate;
import org.apache.kafka.streams.StreamsMetrics;
import org.apache.kafka.streams.processor.TaskId;

/**
 * A task's share of the process's counters, as Kafka Streams metrics: {@code <name>-total} and {@code <name>-rate} (a second)
 * in group {@value #GROUP}, tag {@code task-id}.
 */
final class TaskMetrics {
    static final String GROUP = "stream-godwit-metrics";

    private final StreamsMetrics streams;
    private final String task;
    private final List<Meter> meters = new ArrayList<>();
    private final Meter bytesOut;
    private final Meter normal;
    private final Meter zero;
    private final Meter fill;
    private final Meter xbzrle;
    private final Meter hash;
    private final Meter unchanged;
    private final Meter overflows;
    private final Meter hits;
    private final Meter misses;
    private final Meter lookups;
    private final Meter repeated;
    private final Meter bytesIn;

    TaskMetrics(StreamsMetrics streams, TaskId taskId, TransformerCounters counters) {
        this.streams = streams;
        task = taskId.toString();
        bytesIn = meter("bytes-in", "bytes of ingress records that went on", new LongAdder());
        bytesOut = meter("bytes-out", "bytes of stream records", counters.bytesOut);
        normal = meter("pages-normal", "pages sent in full", counters.normalPages);
        zero = meter("pages-zero", "pages of zero bytes", counters.zeroPages);
        fill = meter("pages-fill", "pages of equal bytes", counters.fillPages);
        xbzrle = meter("pages-xbzrle", "pages sent as deltas", counters.xbzrlePages);
        hash = meter("pages-hash", "pages sent as hashes, found in a checkpoint", counters.hashPages);
        unchanged = meter("pages-unchanged", "pages left out", counters.unchangedPages);
        overflows = meter("overflows", "pages whose delta was no shorter than the page", counters.overflows);
        hits = meter("cache-hits", "pages found in the cache", counters.hits);
        misses = meter("cache-misses", "pages looked up in the cache in vain", counters.misses);
        lookups = meter("checkpoint-lookups", "pages looked up in checkpoints", counters.checkpointLookups);
        repeated = meter("records-repeated", "records met again or fenced off", counters.repeatedRecords);
    }

    /** Counts a record that was sent. */
    void record(LaneUpdate update, int valueBytes) {
        bytesIn.add(update.value().length);
        bytesOut.add(valueBytes);
        if (update.isRefined()) {
            BatchWork work = update.work();
            RunList runs = work.runs();
            normal.add(pages(runs, PageEncoding.NORMAL));
            zero.add(pages(runs, PageEncoding.ZERO));
            fill.add(pages(runs, PageEncoding.FILL));
            xbzrle.add(pages(runs, PageEncoding.XBZRLE));
            hash.add(pages(runs, PageEncoding.HASH));
            unchanged.add(work.unchanged());
            overflows.add(work.overflows());
            hits.add(work.hits());
            misses.add(work.misses());
            lookups.add(work.lookups());
        } else if (update.standing() == Standing.REPEATED || update.standing() == Standing.OUTDATED) {
            repeated.add(1);
        }
    }

    void close() {
        meters.forEach(meter -> streams.removeSensor(meter.sensor()));
        meters.clear();
    }

    private static long pages(RunList runs, PageEncoding encoding) {
        long pages = 0;
        for (int run = 0; run < runs.size(); run++) {
            pages += runs.encoding(run) == encoding ? runs.count(run) : 0;
        }
        return pages;
    }

    private Meter meter(String name, String description, LongAdder counter) {
        Sensor sensor = streams.addSensor("godwit." + task + "." + name, Sensor.RecordingLevel.INFO);
        Map<String, String> tags = Map.of("task-id", task);
        sensor.add(new MetricName(name + "-total", GROUP, description + ", in all", tags), new CumulativeSum());
        sensor.add(new MetricName(name + "-rate", GROUP, description + ", a second", tags), new Rate());
        Meter meter = new Meter(sensor, counter);
        meters.add(meter);
        return meter;
    }

    private record Meter(Sensor sensor, LongAdder counter) {
        void add(long value) {
            if (value > 0) {
                counter.add(value);
                sensor.record((double) value);
            }
        }
    }
}
