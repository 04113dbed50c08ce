package io.godwit.directory;

import io.godwit.client.ClientSettings;
import io.godwit.client.MissingRightException;
import io.godwit.record.WireFormat;
import io.godwit.registry.RegistryException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;

/**
 * A topic of one partition: read from its beginning, and from then on what was added since. One thread at a time.
 *
 * <p>What Kafka refuses is thrown as {@link MissingRightException}, what else goes wrong as Kafka's own exception.
 */
final class EntryLog implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final TopicPartition partition;
    private final Duration patience;
    private final WireFormat format;
    private final Consumer<ConsumerRecord<String, byte[]>> entries;
    private final KafkaConsumer<String, byte[]> consumer;

    /**
     * @param patience how long a call may wait for Kafka
     * @param entries takes every entry, in order; one that it fails for with an exception of Kafka's is its next again
     */
    EntryLog(
            ClientSettings clients, String topic, Duration patience, Consumer<ConsumerRecord<String, byte[]>> entries) {
        this.partition = new TopicPartition(topic, 0);
        this.patience = patience;
        this.format = clients.format();
        this.entries = entries;
        this.consumer = clients.newConsumer();
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
    }

    /** Reads everything that was written until now; returns whether that was done within the patience. */
    boolean readAll() {
        return readTo(
                reading(() -> consumer.endOffsets(List.of(partition), patience)).get(partition));
    }

    /** Reads everything before {@code end}; returns whether that was done within the patience. */
    boolean readTo(long end) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (reading(() -> consumer.position(partition, patience)) < end) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            poll(POLL);
        }
        return true;
    }

    /** Reads what comes next: returns as soon as an entry was added, or after {@code limit}. */
    void poll(Duration limit) {
        for (ConsumerRecord<String, byte[]> entry : reading(() -> consumer.poll(limit))) {
            try {
                entries.accept(entry);
            } catch (KafkaException e) {
                // A registry does not tell its schema just now: to miss an entry may be to miss a commit.
                consumer.seek(partition, entry.offset());
                throw e;
            }
        }
    }

    /**
     * Checks what it takes to decode an entry's value.
     *
     * @throws RegistryException if that is a registry, and none was given: the entry is not one that nobody can read
     */
    void checkFormat(ConsumerRecord<String, byte[]> entry) {
        if (format.lacksRegistryFor(entry.value())) {
            throw new RegistryException(partition.topic() + " has entries in Confluent's wire format (offset "
                    + entry.offset() + "); give --schema-registry, as those who wrote them did");
        }
    }

    @Override
    public void close() {
        consumer.close();
    }

    private <T> T reading(Supplier<T> request) {
        try {
            return request.get();
        } catch (KafkaException e) {
            throw MissingRightException.explain(e, AclOperation.READ, partition.topic());
        }
    }
}
