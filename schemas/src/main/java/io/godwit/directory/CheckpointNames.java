package io.godwit.directory;

import io.godwit.client.ClientSettings;
import io.godwit.client.ClusterRefusal;
import io.godwit.client.MissingRightException;
import io.godwit.record.CheckpointEntry;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.WireFormat;
import io.godwit.registry.RegistryException;
import io.godwit.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of the names of checkpoints. Reads the whole topic once, then what was added since; never the hashes. Any thread
 * may call it; calls wait for one another.
 *
 * <p>The topic must exist.
 */
public final class CheckpointNames implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointNames.class);
    private static final int BUFFER_BYTES = 1 << 20;
    private static final Duration CLOSE = Duration.ofSeconds(1);

    /** Newest entries by name. */
    private final SortedMap<String, CheckpointEntry> entries = new TreeMap<>();

    private final Duration patience;
    private final WireFormat format;
    private final EntryLog log;
    private final Supplier<KafkaProducer<String, byte[]>> newProducer;
    /** Made for the first entry: many only read. */
    private KafkaProducer<String, byte[]> producer;

    /** @param patience how long a call may wait for Kafka */
    public CheckpointNames(ClientSettings clients, Duration patience) {
        this.patience = patience;
        format = clients.format();
        log = new EntryLog(clients, Topics.CHECKPOINT_NAMES, patience, this::apply);
        newProducer = () -> clients.newProducer(BUFFER_BYTES, patience, Duration.ZERO);
    }

    /**
     * Every checkpoint that has a name, by name.
     *
     * @throws DirectoryException if the names cannot be read
     */
    public synchronized List<CheckpointEntry> list() throws DirectoryException {
        refresh();
        return List.copyOf(entries.values());
    }

    /**
     * The checkpoint of a name; empty if there is none.
     *
     * @throws DirectoryException if the names cannot be read
     */
    public synchronized Optional<CheckpointEntry> find(String name) throws DirectoryException {
        refresh();
        return Optional.ofNullable(entries.get(name));
    }

    /**
     * Gives a checkpoint its name, in place of the one that had it, and waits until Kafka has it. All of its chunks have to be
     * there before: a name promises them.
     *
     * @throws DirectoryException if the name cannot be written
     */
    public synchronized void publish(CheckpointEntry entry) throws DirectoryException {
        write(entry.name(), entry.encode(format));
    }

    /**
     * Frees a name, and waits until Kafka has it. Its chunks are another matter: another name may stand for the same
     * checkpoint.
     *
     * @throws DirectoryException if the name cannot be removed
     */
    public synchronized void remove(String name) throws DirectoryException {
        write(name, null);
    }

    @Override
    public synchronized void close() {
        log.close();
        if (producer != null) {
            producer.close(CLOSE);
        }
    }

    private void write(String name, byte[] value) throws DirectoryException {
        try {
            if (producer == null) {
                producer = newProducer.get();
            }
            // The producer's own bounds end this wait.
            producer.send(new ProducerRecord<>(Topics.CHECKPOINT_NAMES, 0, name, value))
                    .get();
        } catch (ExecutionException e) {
            throw failed("written", AclOperation.WRITE, e.getCause());
        } catch (KafkaException e) {
            throw failed("written", AclOperation.WRITE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    private void refresh() throws DirectoryException {
        try {
            if (!log.readAll()) {
                throw new DirectoryException(Topics.CHECKPOINT_NAMES + " could not be read within "
                        + patience.toSeconds() + " s; is its broker up?");
            }
        } catch (InterruptException | RegistryException e) {
            throw e;
        } catch (KafkaException e) {
            throw failed("read", AclOperation.READ, e);
        }
    }

    private static DirectoryException failed(String what, AclOperation operation, Throwable cause) {
        Throwable explained = cause instanceof KafkaException kafka
                ? MissingRightException.explain(kafka, operation, Topics.CHECKPOINT_NAMES)
                : cause;
        String reason = ClusterRefusal.reason(explained)
                .map(refusal -> "the cluster " + refusal)
                .orElseGet(cause::getMessage);
        return new DirectoryException(
                "names of checkpoints (" + Topics.CHECKPOINT_NAMES + ") cannot be " + what + ": " + reason, cause);
    }

    private void apply(ConsumerRecord<String, byte[]> record) {
        String name = Objects.requireNonNullElse(record.key(), "");
        if (record.value() == null) {
            entries.remove(name);
            return;
        }
        try {
            CheckpointEntry entry = decode(record);
            if (entry.name().equals(name)) {
                entries.put(name, entry);
            } else {
                LOG.warn("{} offset {} has a key that is not its name: passed over", record.topic(), record.offset());
            }
        } catch (MalformedRecordException e) {
            LOG.warn("{} offset {} cannot be read: passed over ({})", record.topic(), record.offset(), e.getMessage());
        }
    }

    private CheckpointEntry decode(ConsumerRecord<String, byte[]> record) throws MalformedRecordException {
        log.checkFormat(record);
        return CheckpointEntry.decode(record.value(), format);
    }
}
