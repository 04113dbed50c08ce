package io.godwit.cli.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;

/**
 * Metrics as they stand at one scrape. Names are given as they are served: {@code _total} ends a counter's, {@code _info} that
 * of an info, the unit comes before it. One thread.
 */
public final class MetricFamilies {
    private static final String COUNTER_SUFFIX = "_total";
    private static final String INFO_SUFFIX = "_info";

    private final MetricSnapshots.Builder snapshots = MetricSnapshots.builder();

    MetricFamilies() {}

    /** Adds what only grows while the process lives. */
    public void counter(String name, String help, long value) {
        counter(name, help, (double) value);
    }

    /** Adds what only grows while the process lives. */
    public void counter(String name, String help, double value) {
        snapshots.metricSnapshot(
                newCounter(name, help).dataPoint(count(value, Labels.EMPTY)).build());
    }

    /** Adds the same, of several kinds; nothing where there are none. */
    public void counter(String name, String help, String label, Map<String, ? extends Number> values) {
        CounterSnapshot.Builder counter = newCounter(name, help);
        values.forEach((kind, value) -> counter.dataPoint(count(value.doubleValue(), Labels.of(label, kind))));
        if (!values.isEmpty()) {
            snapshots.metricSnapshot(counter.build());
        }
    }

    /** Adds what grows and shrinks. */
    public void gauge(String name, String help, long value) {
        gauge(name, help, (double) value);
    }

    /** Adds what grows and shrinks. */
    public void gauge(String name, String help, double value) {
        snapshots.metricSnapshot(
                newGauge(name, help).dataPoint(level(value, Labels.EMPTY)).build());
    }

    /** Adds what is so, or is not: 1 or 0. */
    public void gauge(String name, String help, boolean value) {
        gauge(name, help, value ? 1 : 0);
    }

    /** Adds what grows and shrinks, of several kinds; nothing where there are none. */
    public void gauge(String name, String help, String label, Map<String, ? extends Number> values) {
        GaugeSnapshot.Builder gauge = newGauge(name, help);
        values.forEach((kind, value) -> gauge.dataPoint(level(value.doubleValue(), Labels.of(label, kind))));
        if (!values.isEmpty()) {
            snapshots.metricSnapshot(gauge.build());
        }
    }

    /** Adds whose process this is, of a role that has one migration. */
    void migration(String migration, int attempt) {
        info(
                "godwit_migration_info",
                "The migration that this process is part of, and its newest attempt.",
                Map.of("migration", migration, "attempt", String.valueOf(attempt)));
    }

    /** Adds texts, as the labels of a metric that is always 1. */
    public void info(String name, String help, Map<String, String> texts) {
        Labels.Builder labels = Labels.builder();
        texts.forEach(labels::label);
        snapshots.metricSnapshot(InfoSnapshot.builder()
                .name(stripped(name, INFO_SUFFIX))
                .help(help)
                .dataPoint(
                        InfoDataPointSnapshot.builder().labels(labels.build()).build())
                .build());
    }

    MetricSnapshots build() {
        return snapshots.build();
    }

    private static CounterSnapshot.Builder newCounter(String name, String help) {
        return CounterSnapshot.builder().name(stripped(name, COUNTER_SUFFIX)).help(help);
    }

    private static GaugeSnapshot.Builder newGauge(String name, String help) {
        return GaugeSnapshot.builder().name(name).help(help);
    }

    private static CounterDataPointSnapshot count(double value, Labels labels) {
        return CounterDataPointSnapshot.builder().value(value).labels(labels).build();
    }

    private static GaugeDataPointSnapshot level(double value, Labels labels) {
        return GaugeDataPointSnapshot.builder().value(value).labels(labels).build();
    }

    /** The library adds the suffix by itself. */
    private static String stripped(String name, String suffix) {
        if (!name.endsWith(suffix)) {
            throw new IllegalArgumentException("metric " + name + " does not end with " + suffix);
        }
        return name.substring(0, name.length() - suffix.length());
    }
}
