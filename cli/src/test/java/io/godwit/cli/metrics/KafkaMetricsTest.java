package io.godwit.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.client.ClientSettings;
import io.godwit.client.ObserverReporter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Map;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.CumulativeSum;
import org.apache.kafka.common.metrics.stats.Max;
import org.apache.kafka.common.metrics.stats.Value;
import org.junit.jupiter.api.Test;

class KafkaMetricsTest {
    private static final String PRODUCER = "producer-metrics";
    private static final String FETCHES = "consumer-fetch-manager-metrics";

    private final KafkaMetrics metrics = new KafkaMetrics(Role.TRANSFORM);

    @Test
    void countersAreSumsOverClientsAndDoNotFallWhenOneIsClosed() {
        Metrics first = client();
        count(first, "one", 3);
        assertThat(counter("kafka_producer_records")).isEqualTo(3);

        try (Metrics second = client()) {
            count(second, "two", 2);
            assertThat(counter("kafka_producer_records")).isEqualTo(5);
            first.close();
            assertThat(counter("kafka_producer_records")).isEqualTo(5);
        }
        assertThat(counter("kafka_producer_records")).isEqualTo(5);
    }

    @Test
    void millisecondsBecomeSecondsAndTheSlowestClientCounts() {
        try (Metrics first = client();
                Metrics second = client()) {
            slow(first, "one", 40);
            slow(second, "two", 1500);

            assertThat(gauge("kafka_producer_request_latency_max_seconds")).isEqualTo(1.5);
        }
    }

    @Test
    void whatIsNotKnownYetIsZero() {
        try (Metrics client = client()) {
            sensor(client, "slow").add(name("request-latency-max", PRODUCER, Map.of("client-id", "one")), new Max());

            assertThat(gauge("kafka_producer_request_latency_max_seconds")).isZero();
        }
    }

    @Test
    void metricsByTopicDoNotCountTwice() {
        try (Metrics client = client()) {
            Sensor sensor = sensor(client, "records");
            sensor.add(name("records-consumed-total", FETCHES, Map.of("client-id", "c")), new CumulativeSum());
            sensor.add(
                    name("records-consumed-total", FETCHES, Map.of("client-id", "c", "topic", "t")),
                    new CumulativeSum());
            sensor.record(4);

            assertThat(counter("kafka_consumer_records")).isEqualTo(4);
        }
    }

    @Test
    void theLagOfTheIngressIsTakenByPartitionHoweverKafkaWritesItsTopic() {
        try (Metrics client = client()) {
            lag(client, "godwit.pages", "3", 17);
            lag(client, "godwit_pages", "3", 17);
            lag(client, "godwit.checkpoints", "0", 99);

            GaugeSnapshot lag = (GaugeSnapshot) family("godwit_transform_lag_records");

            assertThat(lag.getDataPoints()).singleElement().satisfies(point -> {
                assertThat(point.getLabels().get("partition")).isEqualTo("3");
                assertThat(point.getValue()).isEqualTo(17);
            });
        }
    }

    private Metrics client() {
        ObserverReporter reporter = new ObserverReporter();
        reporter.configure(ClientSettings.of("127.0.0.1:1").observedBy(metrics).reporting());
        Metrics client = new Metrics();
        client.addReporter(reporter);
        return client;
    }

    private static void count(Metrics client, String id, double records) {
        Sensor sensor = sensor(client, id);
        sensor.add(name("record-send-total", PRODUCER, Map.of("client-id", id)), new CumulativeSum());
        sensor.record(records);
    }

    private static void slow(Metrics client, String id, double millis) {
        Sensor sensor = sensor(client, id);
        sensor.add(name("request-latency-max", PRODUCER, Map.of("client-id", id)), new Max());
        sensor.record(millis);
    }

    private static void lag(Metrics client, String topic, String partition, double records) {
        Sensor sensor = sensor(client, topic + partition);
        sensor.add(
                name("records-lag", FETCHES, Map.of("client-id", "c", "topic", topic, "partition", partition)),
                new Value());
        sensor.record(records);
    }

    private static Sensor sensor(Metrics client, String name) {
        return client.sensor(name);
    }

    private static MetricName name(String name, String group, Map<String, String> tags) {
        return new MetricName(name, group, "", tags);
    }

    private double counter(String name) {
        return ((CounterSnapshot) family(name)).getDataPoints().get(0).getValue();
    }

    private double gauge(String name) {
        return ((GaugeSnapshot) family(name)).getDataPoints().get(0).getValue();
    }

    /** @param name without the suffix that tells a counter */
    private MetricSnapshot family(String name) {
        MetricFamilies families = new MetricFamilies();
        metrics.collect(families);
        return families.build().stream()
                .filter(family -> family.getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
