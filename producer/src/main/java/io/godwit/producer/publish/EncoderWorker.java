package io.godwit.producer.publish;

import io.godwit.payload.PayloadCodec;
import io.godwit.record.StreamBody;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.common.errors.InterruptException;

/** A thread that encodes and sends what its lanes are given, in order. */
final class EncoderWorker implements Runnable {
    /** Something to do for a lane: makes exactly one record, but for {@link Wake}. */
    private sealed interface Task permits BatchTask, BodyTask, EndTask, Wake {}

    private record BatchTask(LaneEncoder lane, OpenBatch batch, int round) implements Task {}

    private record BodyTask(LaneEncoder lane, StreamBody body) implements Task {}

    private record EndTask(LaneEncoder lane) implements Task {}

    /** Has the thread look whether the pipeline was closed. */
    private record Wake() implements Task {}

    // Unbounded: batches are bounded by their pool, and of what else there is each lane has one a round.
    private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private final BatchPool pool;
    private final InFlight inFlight;
    private final RecordOutlet outlet;
    private final byte[] scratch;

    EncoderWorker(BatchPool pool, InFlight inFlight, RecordOutlet outlet) {
        this.pool = pool;
        this.inFlight = inFlight;
        this.outlet = outlet;
        scratch = new byte[PayloadCodec.maxCompressedLength(pool.batchBytes())];
    }

    void send(LaneEncoder lane, OpenBatch batch, int round) {
        tasks.add(new BatchTask(lane, batch, round));
    }

    void send(LaneEncoder lane, StreamBody body) {
        tasks.add(new BodyTask(lane, body));
    }

    void sendEnd(LaneEncoder lane) {
        tasks.add(new EndTask(lane));
    }

    /** The pipeline was closed: the thread ends after what it is doing. */
    void wake() {
        tasks.add(new Wake());
    }

    /** Works until the pipeline is closed; closes it where it fails itself. */
    @Override
    public void run() {
        try (PayloadCodec codec = new PayloadCodec()) {
            while (inFlight.failure() == null) {
                work(tasks.take(), codec);
            }
        } catch (InterruptedException | InterruptException e) {
            // The pipeline is being closed, and nobody waits for what is left.
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            inFlight.close(e);
        }
    }

    private void work(Task task, PayloadCodec codec) throws InterruptedException {
        if (task instanceof BatchTask batch) {
            byte[] value = batch.lane().encode(batch.batch(), batch.round(), codec, scratch);
            // Before it is sent: the source goes on while Kafka is slow.
            pool.release(batch.batch());
            outlet.send(batch.lane(), value);
        } else if (task instanceof BodyTask body) {
            outlet.send(body.lane(), body.lane().encode(body.body()));
        } else if (task instanceof EndTask end) {
            outlet.send(end.lane(), end.lane().encodeEnd());
        }
    }
}
