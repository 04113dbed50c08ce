package io.godwit.producer;

import io.godwit.client.ClientSettings;
import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationView;
import io.godwit.producer.precopy.GuestException;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.producer.publish.PagePipeline;
import io.godwit.producer.publish.PipelineConfig;
import io.godwit.producer.publish.RateLimiter;
import io.godwit.producer.publish.WarmUp;
import io.godwit.producer.source.MemorySource;
import io.godwit.record.Manifest;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.topic.Lanes;
import io.godwit.topic.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one attempt of a migration: claims it, creates its topics, migrates the source's memory into the ingress, and waits
 * for the transformer to carry it on.
 *
 * <table>
 * <caption>How it ends</caption>
 * <tr><th>what happened</th><th>guest</th><th>directory</th><th>result</th></tr>
 * <tr><td>all is on the stream</td><td>stands still</td><td>SENT</td><td>{@code completed}</td></tr>
 * <tr><td>all is in the ingress, the stream lags</td><td>stands still</td><td>SENT</td><td>{@code sent}, with a warning</td></tr>
 * <tr><td>{@link #stop}</td><td>runs on</td><td>INTERRUPTED</td><td>{@code interrupted}</td></tr>
 * <tr><td>the source cannot be read</td><td>runs on</td><td>FAILED</td><td>{@link SourceException}</td></tr>
 * <tr><td>the guest cannot be paused</td><td>runs on</td><td>FAILED</td><td>{@link SourceException}</td></tr>
 * <tr><td>Kafka is out of reach</td><td>runs on</td><td>as it was</td><td>{@link SourceException}</td></tr>
 * <tr><td>a newer attempt was begun</td><td>runs on</td><td>the newer one's</td><td>{@link SourceException}</td></tr>
 * </table>
 *
 * Used once. {@link #stop} and {@link #progress} are for any thread. The source stays the caller's to close.
 */
public final class Sender {
    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
    /** What may wait in the Kafka producer. */
    private static final int PRODUCER_BUFFER_BYTES = 32 << 20;

    private static final Duration STREAM_POLL = Duration.ofMillis(5);

    private final SendOptions options;
    private final MemorySource source;
    private final ClientSettings clients;
    private final KafkaFailures failures;
    private final SendMonitor monitor;

    public Sender(SendOptions options, MemorySource source, ClientSettings clients) {
        this.options = options;
        this.source = source;
        this.clients = clients;
        failures = new KafkaFailures(clients, options.patience());
        monitor = new SendMonitor(options);
    }

    /**
     * Sends the migration.
     *
     * @throws SourceException if it could not be sent
     * @throws InterruptedException if the thread is interrupted; the guest runs on
     */
    public SendReport send() throws SourceException, InterruptedException {
        WarmUp warmUp = WarmUp.start();
        try (Attempt attempt = claim()) {
            warmUp.join();
            return send(attempt);
        } finally {
            monitor.ended();
        }
    }

    /**
     * Ends the sending: the guest runs on, and {@link #send} returns soon. Once the guest stands still and all its pages were
     * passed it is too late for that, and only the wait for the transformer is cut short.
     */
    public void stop() {
        monitor.stop();
    }

    /** Where the sending stands. */
    public SendProgress progress() {
        return monitor.progress();
    }

    private Attempt claim() throws SourceException, InterruptedException {
        try {
            return Attempt.claim(options, clients, source.kind(), manifest());
        } catch (InterruptException e) {
            throw interrupted(e);
        } catch (KafkaException e) {
            throw failures.explain("migration " + options.migration() + " could not be begun", e);
        }
    }

    private Manifest manifest() throws SourceException {
        try {
            return source.manifest();
        } catch (IOException e) {
            throw new SourceException("the guest's memory cannot be read: " + e.getMessage(), e);
        }
    }

    private SendReport send(Attempt attempt) throws SourceException, InterruptedException {
        Manifest manifest = manifest();
        RateLimiter limiter =
                new RateLimiter(options.maxBandwidthBytesPerSecond(), System::nanoTime, TimeUnit.NANOSECONDS::sleep);
        CarriedRounds follower = new CarriedRounds(attempt::view, options.patience(), System::nanoTime);
        Producer<String, byte[]> producer = clients.newProducer(PRODUCER_BUFFER_BYTES, options.patience());
        try (PagePipeline pipeline =
                PagePipeline.toKafka(config(attempt, manifest, producer), producer, limiter, follower)) {
            monitor.begins(attempt.number(), manifest.totalBytes(), pipeline);
            if (sendMemory(attempt, pipeline, manifest)) {
                return awaitStream(attempt);
            }
            tell(attempt, MigrationState.INTERRUPTED, "");
            return monitor.report(SendReport.INTERRUPTED, source.isLive(), null);
        } finally {
            // What was acknowledged is stored; what was not is of no use to anybody.
            producer.close(Duration.ZERO);
        }
    }

    private PipelineConfig config(Attempt attempt, Manifest manifest, Producer<String, byte[]> producer)
            throws SourceException, InterruptedException {
        return new PipelineConfig(
                options.migration(),
                attempt.number(),
                manifest,
                new Lanes(manifest, options.lanes(), Lanes.STRIPE_PAGES),
                pagesPartitions(producer),
                PipelineConfig.DEFAULT_BATCH_BYTES,
                Runtime.getRuntime().availableProcessors());
    }

    /** Asked of the producer: so it has found the cluster before the guest is touched. */
    private int pagesPartitions(Producer<String, byte[]> producer) throws SourceException, InterruptedException {
        try {
            return producer.partitionsFor(Topics.PAGES).size();
        } catch (InterruptException e) {
            throw interrupted(e);
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    /** Returns whether all is stored; false if it was stopped before. */
    private boolean sendMemory(Attempt attempt, PagePipeline pipeline, Manifest manifest)
            throws SourceException, InterruptedException {
        try {
            migrate(attempt, pipeline, manifest);
            return true;
        } catch (SinkClosedException e) {
            Throwable reason = pipeline.failure();
            if (reason instanceof SendMonitor.StopRequest) {
                return false;
            }
            throw reason instanceof SourceException told ? told : failed(reason);
        } catch (InterruptException e) {
            throw interrupted(e);
        } catch (KafkaException e) {
            throw failed(e);
        } catch (GuestException e) {
            tell(attempt, MigrationState.FAILED, "the guest could not be paused");
            throw new SourceException(e.getMessage(), e);
        } catch (IOException e) {
            tell(attempt, MigrationState.FAILED, "the source's memory cannot be read");
            throw new SourceException("the guest's memory cannot be read: " + e.getMessage(), e);
        }
    }

    private void migrate(Attempt attempt, PagePipeline pipeline, Manifest manifest)
            throws IOException, SinkClosedException, InterruptedException {
        boolean stored = false;
        AttemptWatch watch = AttemptWatch.start(attempt, pipeline);
        try {
            attempt.publish(MigrationState.SENDING, "");
            pipeline.start(startRecord(attempt, manifest));
            source.migrate(pipeline, options.precopy(), monitor);
            monitor.passed();
            pipeline.finish();
            monitor.stored();
            stored = true;
        } finally {
            watch.close();
            if (!stored) {
                source.resume();
            }
        }
    }

    private StreamStart startRecord(Attempt attempt, Manifest manifest) {
        return new StreamStart(
                attempt.stream(),
                manifest,
                options.lanes(),
                Lanes.STRIPE_PAGES,
                List.of(),
                source.kind(),
                System.currentTimeMillis());
    }

    /** Tells that all is sent, and waits until the transformer has carried it on. */
    private SendReport awaitStream(Attempt attempt) throws SourceException, InterruptedException {
        try {
            attempt.publish(MigrationState.SENT, "");
            long deadline = System.nanoTime() + options.patience().toNanos();
            MigrationView view = attempt.view();
            while (!view.isComplete()) {
                if (monitor.isStopRequested() || System.nanoTime() > deadline) {
                    monitor.warn(
                            "all of migration " + options.migration() + " is stored in Kafka, but no transformer has"
                                    + " carried all of it on yet: targets wait for that; see that godwit transform runs");
                    return monitor.report(SendReport.SENT, source.isLive(), null);
                }
                TimeUnit.NANOSECONDS.sleep(STREAM_POLL.toNanos());
                view = attempt.view();
            }
            monitor.onStream();
            return monitor.report(SendReport.COMPLETED, source.isLive(), view.totals());
        } catch (InterruptException e) {
            throw interrupted(e);
        } catch (KafkaException e) {
            throw failures.explain(
                    "all of migration " + options.migration()
                            + " is stored in Kafka, but whether it is carried on is not known",
                    e);
        }
    }

    private SourceException failed(Throwable reason) {
        return failures.explain("migration " + options.migration() + " could not be sent", reason);
    }

    /** Kafka's own kind of interrupt, which leaves the flag set, as everybody else's. */
    private static InterruptedException interrupted(InterruptException cause) {
        Thread.interrupted();
        InterruptedException interrupted = new InterruptedException("interrupted while waiting for Kafka");
        interrupted.initCause(cause);
        return interrupted;
    }

    /** Tells the directory, where that works: what happened is worse than that others do not hear of it. */
    private static void tell(Attempt attempt, MigrationState state, String reason) {
        try {
            attempt.publish(state, reason);
        } catch (KafkaException e) {
            LOG.warn("The directory could not be told that attempt {} is {}", attempt.number(), state, e);
        }
    }
}
