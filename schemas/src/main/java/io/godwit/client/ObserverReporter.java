package io.godwit.client;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;

/**
 * Tells a {@link ClientObserver} of one client's metrics. Public because Kafka makes it, by reflection, one for each client.
 *
 * <p>Threads: any.
 */
public final class ObserverReporter implements MetricsReporter {
    /** Setting that carries the observer. */
    static final String OBSERVER_CONFIG = "godwit.client.observer";

    /** A client that is closed takes its metrics with it without a word: they are known here. */
    private final Set<KafkaMetric> metrics = ConcurrentHashMap.newKeySet();

    private ClientObserver observer;

    @Override
    public void configure(Map<String, ?> configs) {
        observer = (ClientObserver) configs.get(OBSERVER_CONFIG);
    }

    @Override
    public void init(List<KafkaMetric> present) {
        present.forEach(this::metricChange);
    }

    @Override
    public void metricChange(KafkaMetric metric) {
        if (metrics.add(metric)) {
            observer.added(metric);
        }
    }

    @Override
    public void metricRemoval(KafkaMetric metric) {
        if (metrics.remove(metric)) {
            observer.removed(metric);
        }
    }

    @Override
    public void close() {
        metrics.forEach(this::metricRemoval);
    }
}
