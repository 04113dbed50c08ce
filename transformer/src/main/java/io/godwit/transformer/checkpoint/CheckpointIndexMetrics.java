package io.godwit.transformer.checkpoint;

import java.util.Map;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.Value;
import org.apache.kafka.streams.StreamsMetrics;

/** The index as Kafka Streams metrics, in group {@value #GROUP}: {@code checkpoints} that can be used, {@code size-bytes}. */
final class CheckpointIndexMetrics {
    static final String GROUP = "stream-checkpoint-index-metrics";

    private final StreamsMetrics metrics;
    private final Sensor checkpoints;
    private final Sensor bytes;

    CheckpointIndexMetrics(StreamsMetrics metrics, String store) {
        this.metrics = metrics;
        checkpoints = value(store, "checkpoints", "checkpoints that are whole");
        bytes = value(store, "size-bytes", "bytes of heap that the index takes");
    }

    void update(int newCheckpoints, long newBytes) {
        checkpoints.record((double) newCheckpoints);
        bytes.record((double) newBytes);
    }

    void remove() {
        metrics.removeSensor(checkpoints);
        metrics.removeSensor(bytes);
    }

    private Sensor value(String store, String name, String description) {
        Sensor sensor = metrics.addSensor("godwit." + store + "." + name, Sensor.RecordingLevel.INFO);
        sensor.add(new MetricName(name, GROUP, description, Map.of("store", store)), new Value());
        return sensor;
    }
}
