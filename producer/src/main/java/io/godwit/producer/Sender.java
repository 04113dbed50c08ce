package io.godwit.producer;

import io.godwit.client.ClientSettings;
import io.godwit.client.MissingRightException;
import io.godwit.directory.Handover;
import io.godwit.directory.LaneTotals;
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
import io.godwit.record.Schemas;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.topic.Lanes;
import io.godwit.topic.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
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
 * <tr><td>handed over to a target, or parked</td><td>has left</td><td>RELEASED</td><td>{@code completed}</td></tr>
 * <tr><td>nobody to hand over to</td><td>runs on</td><td>FAILED</td><td>{@link SourceException}</td></tr>
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

    private static final Duration STREAM_POLL = Duration.ofMillis(50);
    /** How long a report waits for what the transformer has counted. */
    private static final Duration TOTALS_LIMIT = Duration.ofSeconds(1);

    private final SendOptions options;
    private final MemorySource source;
    private final ClientSettings clients;
    private final KafkaFailures failures;
    private final SendMonitor monitor;
    private IntConsumer claimListener = attempt -> {};

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
        try {
            Optional<Attempt> claimed = claim();
            warmUp.join();
            if (claimed.isEmpty()) {
                return monitor.reportOfRecovery();
            }
            try (Attempt attempt = claimed.get()) {
                return send(attempt);
            }
        } finally {
            monitor.ended();
        }
    }

    /**
     * Ends the sending: the guest runs on, and {@link #send} returns soon. Once the guest was given away it is too late for
     * that, or, where it is not handed over, once it stands still and all its pages were passed; then only the wait for the
     * transformer is cut short.
     */
    public void stop() {
        monitor.stop();
    }

    /** Has {@code newListener} hear the attempt's number once it is this sender's, before the guest is touched. */
    public void whenClaimed(IntConsumer newListener) {
        claimListener = newListener;
    }

    /** Whether the guest was handed over: its source has let go of it. */
    public boolean isHandedOver() {
        return monitor.isHandedOver();
    }

    /** Where the sending stands. */
    public SendProgress progress() {
        return monitor.progress();
    }

    private Optional<Attempt> claim() throws SourceException, InterruptedException {
        try {
            // Before anything is claimed: from here on no registry is needed to write.
            clients.format().prepare(Schemas.STREAM_RECORD);
            clients.format().prepare(Schemas.MIGRATION_STATUS);
            return Attempt.claim(options, clients, source);
        } catch (InterruptException e) {
            throw interrupted(e);
        } catch (KafkaException e) {
            throw failures.explain("migration " + options.migration() + " could not be begun", e);
        }
    }

    private Manifest manifest(Attempt attempt) throws SourceException {
        try {
            Manifest manifest = source.manifest();
            attempt.checkpoints().checkPageSize(manifest.pageSize());
            return manifest;
        } catch (IOException e) {
            source.resume();
            tell(attempt, MigrationState.FAILED, "the source's memory cannot be read");
            throw new SourceException("the guest's memory cannot be read: " + e.getMessage(), e);
        } catch (SourceException e) {
            source.resume();
            tell(attempt, MigrationState.FAILED, e.getMessage());
            throw e;
        }
    }

    private SendReport send(Attempt attempt) throws SourceException, InterruptedException {
        claimListener.accept(attempt.number());
        Manifest manifest = manifest(attempt);
        RateLimiter limiter =
                new RateLimiter(options.maxBandwidthBytesPerSecond(), System::nanoTime, TimeUnit.NANOSECONDS::sleep);
        CarriedRounds follower = new CarriedRounds(
                attempt::view, options.patience(), System::nanoTime, targetPace(attempt), monitor::refuse);
        Producer<String, byte[]> producer = clients.newProducer(PRODUCER_BUFFER_BYTES, options.patience());
        try (PagePipeline pipeline =
                PagePipeline.toKafka(config(attempt, manifest, producer), producer, limiter, follower)) {
            monitor.begins(attempt.number(), manifest.totalBytes(), pipeline);
            if (sendMemory(attempt, pipeline, manifest)) {
                return attempt.handover() == Handover.NONE ? awaitStream(attempt) : reportHandover(attempt);
            }
            tell(attempt, MigrationState.INTERRUPTED, "");
            return monitor.report(SendReport.INTERRUPTED, source.isLive(), null);
        } finally {
            // What was acknowledged is stored; what was not is of no use to anybody.
            producer.close(Duration.ZERO);
        }
    }

    /** Null where the guest is not handed over to a target. */
    private TargetPace targetPace(Attempt attempt) {
        return attempt.handover() == Handover.VERIFIED ? new TargetPace(options.patience(), System::nanoTime) : null;
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
                Runtime.getRuntime().availableProcessors(),
                clients.format());
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

    /** Returns whether all is stored, and the guest has left; false if it was stopped before. */
    private boolean sendMemory(Attempt attempt, PagePipeline pipeline, Manifest manifest)
            throws SourceException, InterruptedException {
        SourceHandover handover = new SourceHandover(attempt, source, monitor, options.patience());
        try {
            return sendMemory(attempt, pipeline, manifest, handover);
        } catch (SourceException e) {
            if (attempt.handover() != Handover.NONE && !handover.isUndecided()) {
                tell(attempt, MigrationState.FAILED, e.getMessage());
            }
            throw e;
        }
    }

    private boolean sendMemory(Attempt attempt, PagePipeline pipeline, Manifest manifest, SourceHandover handover)
            throws SourceException, InterruptedException {
        try {
            return migrate(attempt, pipeline, manifest, handover);
        } catch (SinkClosedException e) {
            Throwable reason = pipeline.failure();
            if (reason instanceof SendMonitor.StopRequest) {
                return false;
            }
            throw reason instanceof SourceException told ? told : failed(explained(reason));
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

    /** Returns as {@link #sendMemory}; where it returns false, or throws, the guest is still at its source. */
    private boolean migrate(Attempt attempt, PagePipeline pipeline, Manifest manifest, SourceHandover handover)
            throws IOException, SourceException, SinkClosedException, InterruptedException {
        boolean gone = false;
        AttemptWatch watch = AttemptWatch.start(attempt, monitor);
        try {
            attempt.begin(manifest);
            pipeline.start(startRecord(attempt, manifest));
            source.migrate(pipeline, options.precopy(), monitor);
            if (attempt.handover() == Handover.NONE) {
                monitor.passed();
            }
            pipeline.finish();
            monitor.stored();
            gone = attempt.handover() == Handover.NONE || handover.handOver();
            return gone;
        } finally {
            watch.close();
            if (!gone) {
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
                attempt.checkpoints().ids(),
                source.kind(),
                System.currentTimeMillis());
    }

    /** The guest has left, its pages are on the stream; what the transformer counted may come a moment later. */
    private SendReport reportHandover(Attempt attempt) {
        LaneTotals totals = null;
        try {
            long deadline = System.nanoTime() + TOTALS_LIMIT.toNanos();
            MigrationView view = attempt.view();
            while (!view.isComplete() && System.nanoTime() < deadline) {
                view = attempt.next(STREAM_POLL);
            }
            totals = view.totals();
        } catch (SourceException | KafkaException e) {
            LOG.debug("The transformer's counts are not known", e);
        }
        return monitor.report(SendReport.COMPLETED, source.isLive(), totals);
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
                view = attempt.next(STREAM_POLL);
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

    /** The pipeline writes the ingress, and nothing else. */
    private static Throwable explained(Throwable reason) {
        return reason instanceof KafkaException kafka
                ? MissingRightException.explain(kafka, AclOperation.WRITE, Topics.PAGES)
                : reason;
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
