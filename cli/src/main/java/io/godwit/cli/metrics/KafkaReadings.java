package io.godwit.cli.metrics;

import io.godwit.cli.metrics.KafkaRule.Merge;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.metrics.KafkaMetric;

/** The metrics of Kafka's that one rule covers, as one number, or as one for each value of its label. Any thread. */
final class KafkaReadings {
    private final KafkaRule rule;
    private final Set<KafkaMetric> metrics = ConcurrentHashMap.newKeySet();
    /** What clients that are gone had counted: a counter never falls. Only of totals. */
    private double retired;

    KafkaReadings(KafkaRule rule) {
        this.rule = rule;
    }

    /** Takes a metric in, if the rule covers it. */
    void add(KafkaMetric metric) {
        if (rule.covers(metric.metricName().tags())) {
            metrics.add(metric);
        }
    }

    /** Lets a metric go; nothing if it was not taken in. */
    void remove(KafkaMetric metric) {
        if (rule.merge() == Merge.TOTAL) {
            retire(metric);
        } else {
            metrics.remove(metric);
        }
    }

    void collect(MetricFamilies families) {
        if (rule.merge() == Merge.TOTAL) {
            families.counter(rule.served(), rule.help(), total() / rule.perUnit());
        } else if (rule.label().isEmpty()) {
            families.gauge(rule.served(), rule.help(), levels().getOrDefault("", 0.0));
        } else {
            families.gauge(rule.served(), rule.help(), rule.label(), levels());
        }
    }

    /** Under a lock, so that no scrape counts it twice or not at all. */
    private synchronized void retire(KafkaMetric metric) {
        if (metrics.remove(metric)) {
            retired += value(metric);
        }
    }

    private synchronized double total() {
        double total = retired;
        for (KafkaMetric metric : metrics) {
            total += value(metric);
        }
        return total;
    }

    /** By the label's value. Without the lock: a gauge may take one of the client's, under which metrics are removed. */
    private Map<String, Double> levels() {
        Map<String, Double> levels = new HashMap<>();
        for (KafkaMetric metric : metrics) {
            String kind = metric.metricName().tags().getOrDefault(rule.label(), "");
            if (metric.metricValue() instanceof Number number && Double.isFinite(number.doubleValue())) {
                levels.merge(kind, number.doubleValue() / rule.perUnit(), this::merge);
            }
        }
        return levels;
    }

    private double merge(double one, double other) {
        return switch (rule.merge()) {
            case TOTAL, SUM -> one + other;
            case MAX -> Math.max(one, other);
        };
    }

    /** 0 for what was never counted. */
    private static double value(KafkaMetric metric) {
        return metric.metricValue() instanceof Number number && Double.isFinite(number.doubleValue())
                ? number.doubleValue()
                : 0;
    }
}
