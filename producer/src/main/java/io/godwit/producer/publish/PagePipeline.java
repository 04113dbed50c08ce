package io.godwit.producer.publish;

import io.godwit.codec.ZeroPage;
import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.record.StreamBody;
import io.godwit.record.StreamBody.DeviceState;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.topic.Lanes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;

/**
 * Sends one attempt of a migration: sorts pages into the batches of their lanes, has them encoded, and puts them into the
 * ingress.
 *
 * <p>{@link #start}, the methods of {@link PageSink} and {@link #finish} are for one thread, the source's; {@link #stop} and
 * {@link #failure} are for any. Memory is bounded by {@link PipelineConfig#batchBytes} and the producer's own buffer.
 */
public final class PagePipeline implements PageSink, AutoCloseable {
    private static final long GRACE_MILLIS = 200;
    private static final long JOIN_MILLIS = 5000;
    private static final long FOLLOW_MILLIS = 5;

    private final Lanes lanes;
    private final int pageSize;
    private final InFlight inFlight;
    private final StreamFollower follower;
    private final SendCounters counters;
    private final BatchPool pool;
    private final LaneEncoder[] encoders;
    private final OpenBatch[] open;
    private final EncoderWorker[] workers;
    private final List<Thread> threads = new ArrayList<>();

    private int openBatches;
    private int round = 1;
    private int deviceStateChunk;

    private PagePipeline(
            PipelineConfig config,
            InFlight inFlight,
            SendCounters counters,
            RecordOutlet outlet,
            StreamFollower follower) {
        lanes = config.lanes();
        pageSize = config.pageSize();
        this.inFlight = inFlight;
        this.counters = counters;
        this.follower = follower;
        pool = new BatchPool(pageSize, config.batchBytes(), inFlight);
        PageHashes hashes = new PageHashes(config.manifest());
        open = new OpenBatch[lanes.lanes()];
        encoders = new LaneEncoder[lanes.lanes()];
        for (int lane = 0; lane < encoders.length; lane++) {
            encoders[lane] = new LaneEncoder(config, lane, hashes, counters);
        }
        workers = new EncoderWorker[Math.min(config.workers(), lanes.lanes())];
        for (int worker = 0; worker < workers.length; worker++) {
            workers[worker] = new EncoderWorker(pool, inFlight, outlet);
            Thread thread = new Thread(workers[worker], "godwit-encoder-" + worker);
            thread.setDaemon(true);
            threads.add(thread);
        }
    }

    /**
     * A pipeline into the ingress.
     *
     * @param producer stays the caller's, who closes it after the pipeline
     * @param follower asked at the end of each round, by the source's thread
     */
    public static PagePipeline toKafka(
            PipelineConfig config, Producer<String, byte[]> producer, RateLimiter limiter, StreamFollower follower) {
        InFlight inFlight = new InFlight();
        SendCounters counters = new SendCounters();
        return new PagePipeline(
                config, inFlight, counters, new RecordPublisher(producer, inFlight, limiter, counters), follower);
    }

    /** A pipeline whose records count as stored at once, and are nowhere. */
    static PagePipeline toNowhere(PipelineConfig config) {
        InFlight inFlight = new InFlight();
        return new PagePipeline(
                config, inFlight, new SendCounters(), (lane, value) -> inFlight.stored(), StreamFollower.NONE);
    }

    /** Sends the manifest in every lane. */
    public void start(StreamStart start) throws SinkClosedException {
        start();
        sendToEveryLane(start);
    }

    /** Starts the threads alone. */
    void start() {
        threads.forEach(Thread::start);
    }

    @Override
    public boolean page(int block, int index, ByteBuffer memory, int position)
            throws SinkClosedException, InterruptedException {
        int lane = lanes.laneOf(block, index);
        if (!ZeroPage.isZero(memory, position, pageSize)
                && batchFor(lane, block, index).copy(index, memory, position, index % lanes.stripePages() != 0)) {
            return true;
        }
        batchFor(lane, block, index).addZeros(index, 1, index % lanes.stripePages() != 0);
        return false;
    }

    @Override
    public void zeroPages(int block, int first, int count) throws SinkClosedException, InterruptedException {
        int stripePages = lanes.stripePages();
        int at = first;
        int rest = count;
        while (rest > 0) {
            int inStripe = Math.min(rest, stripePages - at % stripePages);
            batchFor(lanes.laneOf(block, at), block, at).addZeros(at, inStripe, at % stripePages != 0);
            at += inStripe;
            rest -= inStripe;
        }
    }

    @Override
    public void endRound() throws SinkClosedException {
        flushAll();
        sendToEveryLane(new RoundEnd(round));
        round++;
    }

    @Override
    public void checkOpen() throws SinkClosedException {
        inFlight.checkOpen();
    }

    @Override
    public void awaitCarried() throws SinkClosedException, InterruptedException {
        flushAll();
        inFlight.awaitStored();
        awaitCarried(rounds());
    }

    @Override
    public void awaitCarried(int endedRound) throws SinkClosedException, InterruptedException {
        while (!follower.isCarried(endedRound)) {
            inFlight.checkOpen();
            TimeUnit.MILLISECONDS.sleep(FOLLOW_MILLIS);
        }
    }

    @Override
    public void deviceState(byte[] chunk, boolean last) throws SinkClosedException {
        inFlight.add();
        workerOf(0).send(encoders[0], new DeviceState(deviceStateChunk, last, chunk));
        deviceStateChunk++;
    }

    /** Sends the EOS marker in every lane, and waits until all is stored. */
    public void finish() throws SinkClosedException, InterruptedException {
        flushAll();
        for (int lane = 0; lane < encoders.length; lane++) {
            inFlight.add();
            workerOf(lane).sendEnd(encoders[lane]);
        }
        inFlight.awaitStored();
    }

    /** Takes nothing more: calls that wait, and those to come, throw {@link SinkClosedException}. The first reason counts. */
    public void stop(Throwable reason) {
        inFlight.close(reason);
    }

    /** Why nothing is taken any more: the reason given to {@link #stop}, or Kafka's; null while it goes well. */
    public Throwable failure() {
        return inFlight.failure();
    }

    /** What was sent so far. */
    public SendCounters counters() {
        return counters;
    }

    /** Bytes a page. */
    public int pageSize() {
        return pageSize;
    }

    /** Rounds that were ended. */
    public int rounds() {
        return round - 1;
    }

    /** Sum of the lanes' digests, once {@link #finish} has returned. */
    public long digest() {
        long digest = 0;
        for (LaneEncoder encoder : encoders) {
            digest += encoder.digest();
        }
        return digest;
    }

    /** Ends the threads. What was not sent by now is dropped. */
    @Override
    public void close() {
        inFlight.close(new IllegalStateException("the pipeline was closed"));
        for (EncoderWorker worker : workers) {
            worker.wake();
        }
        try {
            for (Thread thread : threads) {
                thread.join(GRACE_MILLIS);
                // Who still works waits for Kafka or for the rate. Not interrupted before: a thread that initializes a
                // class
                // just then would spoil it for the whole process.
                thread.interrupt();
                thread.join(JOIN_MILLIS);
            }
        } catch (InterruptedException e) {
            threads.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
        }
    }

    /** The lane's open batch, if it takes the page; else a new one. */
    private OpenBatch batchFor(int lane, int block, int index) throws SinkClosedException, InterruptedException {
        OpenBatch batch = open[lane];
        if (batch != null && batch.takes(block, index)) {
            return batch;
        }
        flush(lane);
        // Half of the pool stays for batches on their way: were all of them open, nobody could give one back.
        if (openBatches >= pool.size() / 2) {
            flushAll();
        }
        OpenBatch fresh = pool.take();
        fresh.begin(block);
        open[lane] = fresh;
        openBatches++;
        return fresh;
    }

    private void flushAll() throws SinkClosedException {
        for (int lane = 0; lane < open.length; lane++) {
            flush(lane);
        }
    }

    private void flush(int lane) throws SinkClosedException {
        OpenBatch batch = open[lane];
        if (batch == null) {
            return;
        }
        open[lane] = null;
        openBatches--;
        if (batch.isEmpty()) {
            pool.release(batch);
        } else {
            inFlight.add();
            workerOf(lane).send(encoders[lane], batch, round);
        }
    }

    private void sendToEveryLane(StreamBody body) throws SinkClosedException {
        for (int lane = 0; lane < encoders.length; lane++) {
            inFlight.add();
            workerOf(lane).send(encoders[lane], body);
        }
    }

    private EncoderWorker workerOf(int lane) {
        return workers[lane % workers.length];
    }
}
