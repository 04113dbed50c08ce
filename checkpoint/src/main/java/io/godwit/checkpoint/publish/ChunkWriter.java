package io.godwit.checkpoint.publish;

import io.godwit.checkpoint.local.CheckpointHashes;
import io.godwit.client.ClientSettings;
import io.godwit.client.ClusterRefusal;
import io.godwit.directory.DirectoryException;
import io.godwit.record.CheckpointChunk;
import io.godwit.topic.Topics;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Writes the chunks of checkpoints, and their tombstones. Not thread-safe. */
final class ChunkWriter {
    private static final int BUFFER_BYTES = 16 << 20;
    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final ClientSettings clients;
    private final Duration patience;

    ChunkWriter(ClientSettings clients, Duration patience) {
        this.clients = clients;
        this.patience = patience;
    }

    /**
     * Writes all chunks of a checkpoint, and returns once Kafka has them.
     *
     * @param progress hears how many were handed over
     */
    void write(CheckpointHashes hashes, IntConsumer progress) throws DirectoryException {
        writeAll(
                hashes.chunks(),
                chunk -> {
                    CheckpointChunk next = hashes.chunk(chunk);
                    return new ProducerRecord<>(Topics.CHECKPOINTS, 0, next.key(), next.encode(clients.format()));
                },
                progress);
    }

    /** Writes the end of all chunks of a checkpoint. */
    void writeTombstones(String checkpoint, int chunks) throws DirectoryException {
        writeAll(
                chunks,
                chunk -> new ProducerRecord<>(Topics.CHECKPOINTS, 0, CheckpointChunk.key(checkpoint, chunk), null),
                written -> {});
    }

    @FunctionalInterface
    private interface Records {
        ProducerRecord<String, byte[]> of(int chunk);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of it
    private void writeAll(int chunks, Records records, IntConsumer progress) throws DirectoryException {
        AtomicReference<Exception> failure = new AtomicReference<>();
        KafkaProducer<String, byte[]> producer = null;
        try {
            producer = clients.newProducer(BUFFER_BYTES, patience);
            for (int chunk = 0; chunk < chunks && failure.get() == null; chunk++) {
                producer.send(records.of(chunk), (metadata, e) -> failure.compareAndSet(null, e));
                progress.accept(chunk + 1);
            }
            producer.flush();
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            failure.set(e);
        } finally {
            if (producer != null) {
                producer.close(CLOSE);
            }
        }
        if (failure.get() != null) {
            throw failed(failure.get());
        }
    }

    private static DirectoryException failed(Exception cause) {
        String reason = ClusterRefusal.reason(cause)
                .map(refusal -> "the cluster " + refusal)
                .orElseGet(cause::getMessage);
        return new DirectoryException(
                "hashes of a checkpoint (" + Topics.CHECKPOINTS + ") cannot be written: " + reason
                        + "; run the command again once Kafka takes them",
                cause);
    }
}
