package io.godwit.producer.publish;

import io.godwit.topic.Topics;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Puts a migration's records into the ingress, and hears from Kafka that they are stored. Any thread may call it. */
final class RecordPublisher implements RecordOutlet {
    private final Producer<String, byte[]> producer;
    private final InFlight inFlight;
    private final RateLimiter limiter;
    private final SendCounters counters;

    RecordPublisher(Producer<String, byte[]> producer, InFlight inFlight, RateLimiter limiter, SendCounters counters) {
        this.producer = producer;
        this.inFlight = inFlight;
        this.limiter = limiter;
        this.counters = counters;
    }

    /** As described there; waits while the rate is used up or Kafka takes no more. */
    @Override
    public void send(LaneEncoder lane, byte[] value) throws InterruptedException {
        limiter.take(value.length);
        counters.addRecord((long) lane.key().length() + value.length);
        // The callback hears of the same outcome.
        Future<RecordMetadata> unused = producer.send(
                new ProducerRecord<>(Topics.PAGES, lane.partition(), lane.key(), value), (metadata, failure) -> {
                    if (failure == null) {
                        inFlight.stored();
                    } else {
                        inFlight.close(failure);
                    }
                });
    }
}
