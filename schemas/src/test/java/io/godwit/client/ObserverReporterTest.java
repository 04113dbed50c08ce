package io.godwit.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.junit.jupiter.api.Test;

class ObserverReporterTest {
    private static final String SERVER = "127.0.0.1:1";
    private static final String REPORTERS = "metric.reporters";

    private final Counting observer = new Counting();

    /** Remembers what it was told. */
    private static final class Counting implements ClientObserver {
        private final List<String> present = new ArrayList<>();
        private int removed;

        @Override
        public synchronized void added(KafkaMetric metric) {
            present.add(metric.metricName().name());
        }

        @Override
        public synchronized void removed(KafkaMetric metric) {
            removed++;
            present.remove(metric.metricName().name());
        }
    }

    @Test
    void anObserverHearsOfAClientsMetricsUntilTheClientIsClosed() {
        try (Admin admin = ClientSettings.of(SERVER).observedBy(observer).newAdmin()) {
            assertThat(admin.metrics()).isNotEmpty();
            assertThat(observer.present).contains("connection-count");
        }

        assertThat(observer.present).isEmpty();
        assertThat(observer.removed).isPositive();
    }

    @Test
    void withoutAnObserverClientsAreToldNothingMore() {
        assertThat(ClientSettings.of(SERVER).reporting()).isEmpty();
    }

    @Test
    void reportersOfTheCommandConfigStay() {
        ClientSettings settings = new ClientSettings(SERVER, Map.of(REPORTERS, "com.example.Reporter"));

        assertThat(settings.observedBy(observer).reporting())
                .containsEntry(REPORTERS, "com.example.Reporter," + ObserverReporter.class.getName());
        assertThat(ClientSettings.of(SERVER).observedBy(observer).reporting().get(REPORTERS))
                .asString()
                .contains("JmxReporter");
    }
}
