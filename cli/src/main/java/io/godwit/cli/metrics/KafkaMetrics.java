package io.godwit.cli.metrics;

import io.godwit.client.ClientObserver;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;

/**
 * The metrics of a process's Kafka clients, as far as there are {@link KafkaRule rules} for them. Of all others nothing is
 * kept; JMX has them.
 *
 * <p>Any thread may call it.
 */
final class KafkaMetrics implements ClientObserver {
    /** By Kafka's group and name. Not changed once it is made. */
    private final Map<String, KafkaReadings> readings = new HashMap<>();

    KafkaMetrics(Role role) {
        for (KafkaRule rule : KafkaRule.of(role)) {
            readings.put(key(rule.group(), rule.metric()), new KafkaReadings(rule));
        }
    }

    @Override
    public void added(KafkaMetric metric) {
        withReadings(metric, kept -> kept.add(metric));
    }

    @Override
    public void removed(KafkaMetric metric) {
        withReadings(metric, kept -> kept.remove(metric));
    }

    void collect(MetricFamilies families) {
        readings.values().forEach(kept -> kept.collect(families));
    }

    private void withReadings(KafkaMetric metric, Consumer<KafkaReadings> action) {
        MetricName name = metric.metricName();
        KafkaReadings kept = readings.get(key(name.group(), name.name()));
        if (kept != null) {
            action.accept(kept);
        }
    }

    private static String key(String group, String name) {
        return group + "/" + name;
    }
}
