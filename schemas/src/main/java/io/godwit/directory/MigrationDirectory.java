package io.godwit.directory;

import io.godwit.client.Answers;
import io.godwit.client.ClientSettings;
import io.godwit.client.MissingRightException;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.WireFormat;
import io.godwit.report.LogKeys;
import io.godwit.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of the directory. Reads the whole topic once, then what was added since. Any thread may call it; calls that read
 * wait for one another, calls that only write do not.
 *
 * <p>The topic must exist.
 */
public final class MigrationDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MigrationDirectory.class);
    private static final int BUFFER_BYTES = 4 << 20;
    private static final Duration SHORT_POLL = Duration.ofMillis(1);
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final String agent = UUID.randomUUID().toString();
    private final DirectoryEntries entries = new DirectoryEntries();
    private final Duration patience;
    private final WireFormat format;
    private final EntryLog log;
    private final Supplier<KafkaProducer<String, byte[]>> newProducer;
    private final Object writing = new Object();
    /** Made for the first entry: many only read. Guarded by {@link #writing}. */
    private KafkaProducer<String, byte[]> producer;

    /** @param patience how long a call may wait for Kafka */
    public MigrationDirectory(ClientSettings clients, Duration patience) {
        this.patience = patience;
        format = clients.format();
        log = new EntryLog(clients, Topics.MIGRATIONS, patience, this::apply);
        newProducer = () -> clients.newProducer(BUFFER_BYTES, patience, Duration.ZERO);
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
        checkClaimable(migration);
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
        // Whoever had the attempt before may have handed the guest over since: of a commit and a claim that do not know
        // of
        // one another, the claim gives way.
        checkClaimable(migration);
        return attempt;
    }

    /** Reads everything that was written until now. */
    public synchronized void refresh() {
        checkRead(log.readAll());
    }

    /** Reads what comes next: returns as soon as an entry was added, or after {@code limit}. Costs one request. */
    public synchronized void awaitNext(Duration limit) {
        log.poll(limit);
    }

    /** What was read of a migration; empty if there is none of that name, or it was deleted. */
    public synchronized Optional<MigrationView> known(String migration) {
        return Optional.ofNullable(entries.view(migration));
    }

    /** What was read of an attempt's handover; empty if no source agent has begun it, or the migration was deleted. */
    public synchronized Optional<HandoverView> knownHandover(String migration, int attempt) {
        return Optional.ofNullable(entries.handover(migration, attempt));
    }

    /** The newest attempt that was read of whose guest stayed at its source, 0 where there is none. */
    public synchronized int knownWithdrawn(String migration) {
        return entries.lastWithdrawn(migration);
    }

    /** The newest attempt that was read of, 0 where there is none. */
    public synchronized int knownAttempt(String migration) {
        return entries.lastAttempt(migration);
    }

    /** Writes an entry and waits until Kafka has it. */
    public void publish(MigrationStatus status) {
        offset(send(status));
    }

    /** Writes an entry, and reads everything up to it: what was written by others before it is known then. */
    public synchronized void publishAndRead(MigrationStatus status) {
        // A guest may stand still for this: the acknowledgement and the entry itself come at the same time.
        Future<RecordMetadata> written = send(status);
        while (!written.isDone()) {
            log.poll(SHORT_POLL);
        }
        checkRead(log.readTo(offset(written) + 1));
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
                offset(send(key, null));
            }
        }
    }

    @Override
    public synchronized void close() {
        log.close();
        synchronized (writing) {
            if (producer != null) {
                producer.close(CLOSE);
            }
        }
    }

    /** The next attempt begins where the one before left the guest at its source. */
    private void checkClaimable(String migration) throws DirectoryException {
        MigrationView view = entries.view(migration);
        if (view == null) {
            return;
        }
        HandoverView handover = view.handover();
        if (handover.released()) {
            throw new DirectoryException("migration " + migration + " has left its source already (attempt "
                    + view.attempt() + "); see who has the guest (godwit describe " + migration
                    + "), and choose another name to migrate it again");
        }
        if (handover.isOpen()) {
            throw new DirectoryException("the guest of migration " + migration + " is just being handed over (attempt "
                    + view.attempt() + "): wait for that; if its sender is dead, send again from the same source");
        }
        boolean sent = view.state() == MigrationState.SENT
                || (handover.mode() == Handover.NONE && !handover.isGivenUp() && view.isComplete());
        if (sent) {
            throw new DirectoryException("migration " + migration + " was already sent completely (attempt "
                    + view.attempt() + "); delete it first (godwit delete " + migration + ") or choose another name");
        }
    }

    private Future<RecordMetadata> send(MigrationStatus status) {
        return send(status.key(), MigrationStatusCodec.encode(status, format));
    }

    private Future<RecordMetadata> send(String key, byte[] value) {
        return producer().send(new ProducerRecord<>(Topics.MIGRATIONS, 0, key, value));
    }

    /** Waits until Kafka has an entry; returns its offset. */
    private static long offset(Future<RecordMetadata> written) {
        try {
            return written.get().offset();
        } catch (ExecutionException e) {
            throw MissingRightException.explain(Answers.failure(e), AclOperation.WRITE, Topics.MIGRATIONS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    private KafkaProducer<String, byte[]> producer() {
        synchronized (writing) {
            if (producer == null) {
                producer = newProducer.get();
            }
            return producer;
        }
    }

    private void checkRead(boolean isRead) {
        if (!isRead) {
            throw new TimeoutException(Topics.MIGRATIONS + " could not be read within " + patience.toSeconds() + " s");
        }
    }

    private void apply(ConsumerRecord<String, byte[]> entry) {
        if (entry.key() == null) {
            LOG.warn("{} offset {} has no key: passed over", Topics.MIGRATIONS, entry.offset());
            return;
        }
        try {
            MigrationStatus status = entry.value() == null ? null : decode(entry);
            if (status != null && !status.key().equals(entry.key())) {
                passOver(entry, "has a key that is not its value's");
                return;
            }
            entries.apply(entry.key(), status);
        } catch (MalformedRecordException e) {
            passOver(entry, "cannot be read (" + e.getMessage() + ")");
        }
    }

    private static void passOver(ConsumerRecord<String, byte[]> entry, String why) {
        LOG.atWarn()
                .addKeyValue(LogKeys.MIGRATION, MigrationStatus.migrationOf(entry.key()))
                .log("{} offset {} {}: passed over", Topics.MIGRATIONS, entry.offset(), why);
    }

    /** Entries are passed over that nobody can read, but not for want of a setting: whom a guest was given to hangs on them. */
    private MigrationStatus decode(ConsumerRecord<String, byte[]> entry) throws MalformedRecordException {
        log.checkFormat(entry);
        return MigrationStatusCodec.decode(entry.value(), format);
    }
}
