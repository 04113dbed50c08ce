package io.godwit.directory;

import io.godwit.client.ClientSettings;
import io.godwit.record.MalformedRecordException;
import io.godwit.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of the directory. Reads the whole topic once, then what was added since. Any thread may call it; calls wait for
 * one another.
 *
 * <p>The topic must exist.
 */
public final class MigrationDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MigrationDirectory.class);
    private static final TopicPartition PARTITION = new TopicPartition(Topics.MIGRATIONS, 0);
    private static final int BUFFER_BYTES = 4 << 20;
    private static final Duration POLL = Duration.ofMillis(100);

    private final String agent = UUID.randomUUID().toString();
    private final DirectoryEntries entries = new DirectoryEntries();
    private final Duration patience;
    private final KafkaConsumer<String, byte[]> consumer;
    private final KafkaProducer<String, byte[]> producer;

    /** @param patience how long a call may wait for Kafka */
    public MigrationDirectory(ClientSettings clients, Duration patience) {
        this.patience = patience;
        consumer = clients.newConsumer();
        producer = clients.newProducer(BUFFER_BYTES, patience);
        consumer.assign(List.of(PARTITION));
        consumer.seekToBeginning(List.of(PARTITION));
    }

    /** The random id under which this process claims attempts. */
    public String agent() {
        return agent;
    }

    /** Every migration that was not deleted, by name. */
    public synchronized List<MigrationView> list() {
        refresh();
        return entries.migrations().stream().map(entries::view).toList();
    }

    /** What is known of a migration; empty if there is none of that name, or it was deleted. */
    public synchronized Optional<MigrationView> find(String migration) {
        refresh();
        return Optional.ofNullable(entries.view(migration));
    }

    /** The newest attempt that any agent has claimed, 0 where there is none. */
    public synchronized int lastAttempt(String migration) {
        refresh();
        return entries.lastAttempt(migration);
    }

    /**
     * Claims the next attempt of a migration: of agents that ask at the same time, the first by log order has it.
     *
     * @return the attempt's number, larger than all before
     * @throws DirectoryException if the newest attempt was sent completely, or another agent was faster
     */
    public synchronized int claimAttempt(String migration) throws DirectoryException {
        refresh();
        MigrationView view = entries.view(migration);
        if (view != null && (view.state() == MigrationState.SENT || view.isComplete())) {
            throw new DirectoryException("migration " + migration + " was already sent completely (attempt "
                    + view.attempt() + "); delete it first (godwit delete " + migration + ") or choose another name");
        }
        int attempt = entries.lastAttempt(migration) + 1;
        publish(new MigrationStatus(
                migration,
                attempt,
                MigrationState.CLAIMED,
                agent,
                "",
                MigrationStatus.NO_LANE,
                0,
                0,
                "",
                "",
                System.currentTimeMillis()));
        refresh();
        if (!agent.equals(entries.owner(migration, attempt))) {
            throw new DirectoryException("another sender has just begun attempt " + attempt + " of migration "
                    + migration + "; wait for it, or stop it and send again");
        }
        return attempt;
    }

    /** Writes an entry and waits until Kafka has it. */
    public synchronized void publish(MigrationStatus status) {
        send(status.key(), MigrationStatusCodec.encode(status));
    }

    /** Forgets a migration, but for the number of its last attempt. */
    public synchronized void markDeleted(String migration) {
        refresh();
        int attempt = entries.lastAttempt(migration);
        publish(new MigrationStatus(
                migration,
                attempt,
                MigrationState.DELETED,
                agent,
                "",
                MigrationStatus.NO_LANE,
                0,
                0,
                "",
                "",
                System.currentTimeMillis()));
        for (String key : entries.keys(migration)) {
            if (!key.equals(migration)) {
                send(key, null);
            }
        }
    }

    @Override
    public synchronized void close() {
        consumer.close();
        producer.close(Duration.ofSeconds(1));
    }

    private void send(String key, byte[] value) {
        try {
            producer.send(new ProducerRecord<>(Topics.MIGRATIONS, 0, key, value))
                    .get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    private void refresh() {
        long deadline = System.nanoTime() + patience.toNanos();
        long end = consumer.endOffsets(List.of(PARTITION), patience).get(PARTITION);
        while (consumer.position(PARTITION, patience) < end) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException(
                        Topics.MIGRATIONS + " could not be read within " + patience.toSeconds() + " s");
            }
            consumer.poll(POLL).forEach(this::apply);
        }
    }

    private void apply(ConsumerRecord<String, byte[]> entry) {
        if (entry.key() == null) {
            LOG.warn("{} offset {} has no key: passed over", Topics.MIGRATIONS, entry.offset());
            return;
        }
        try {
            MigrationStatus status = entry.value() == null ? null : MigrationStatusCodec.decode(entry.value());
            if (status != null && !status.key().equals(entry.key())) {
                LOG.warn(
                        "{} offset {} has a key that is not its value's: passed over",
                        Topics.MIGRATIONS,
                        entry.offset());
                return;
            }
            entries.apply(entry.key(), status);
        } catch (MalformedRecordException e) {
            LOG.warn(
                    "{} offset {} cannot be read: passed over ({})", Topics.MIGRATIONS, entry.offset(), e.getMessage());
        }
    }
}
