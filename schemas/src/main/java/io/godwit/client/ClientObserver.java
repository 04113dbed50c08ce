package io.godwit.client;

import org.apache.kafka.common.metrics.KafkaMetric;

/**
 * Hears which metrics the Kafka clients of a process keep, the transformer's included.
 *
 * <p>Called by any thread, under locks of Kafka's: returns at once, and calls no client.
 */
public interface ClientObserver {
    /** A client keeps {@code metric} from now on. */
    void added(KafkaMetric metric);

    /** It does not any more; the last value can be read while this is called. */
    void removed(KafkaMetric metric);
}
