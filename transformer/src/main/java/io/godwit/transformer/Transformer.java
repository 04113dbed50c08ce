package io.godwit.transformer;

import io.godwit.client.ClusterRefusal;
import io.godwit.client.MissingRightException;
import io.godwit.client.TopicSetup;
import io.godwit.client.TopicUse;
import io.godwit.client.UnfitTopicException;
import io.godwit.record.Schemas;
import io.godwit.registry.RegistryException;
import io.godwit.report.PageCounts;
import io.godwit.topic.Topics;
import io.godwit.transformer.gate.AdminStreamTopics;
import io.godwit.transformer.gate.StreamGate;
import io.godwit.transformer.processor.TaskServices;
import io.godwit.transformer.processor.TransformerCounters;
import io.godwit.transformer.processor.WarmUp;
import io.godwit.transformer.store.PageCacheBudget;
import io.godwit.transformer.store.PageCacheManagement;
import io.godwit.transformer.topology.MigrationTopology;
import io.godwit.transformer.topology.StreamsSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transformer of one process: started once, closed once. More of them, in other processes with the same application id,
 * share the work.
 *
 * <p>Any thread may call it.
 */
public final class Transformer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Transformer.class);
    /** Streams are another matter: whether one may be written is asked when it begins. */
    private static final List<TopicUse> USES = List.of(
            TopicUse.read(Topics.PAGES),
            TopicUse.read(Topics.CHECKPOINTS),
            TopicUse.write(Topics.MIGRATIONS),
            TopicUse.write(Topics.DEAD_LETTERS));

    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);
    /** As long as it takes the kernels to be compiled; longer warms nothing more. */
    private static final Duration WARM_UP = Duration.ofSeconds(1);
    /** The page cache may have three quarters of the heap: records in flight need the rest. */
    private static final int HEAP_PARTS = 4;

    private static final int PAGE_CACHE_PARTS = 3;
    /** For each thread: broker restarts cost one death a thread, a poisonous record as many as it is given. */
    private static final int REPLACEMENTS_PER_MINUTE = 3;

    private final TransformerConfig config;
    private final TransformerCounters counters = new TransformerCounters();
    private final PageCacheBudget budget;
    private final ThreadReplacement replacement;
    private final CountDownLatch settled = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private Admin admin;
    private KafkaStreams streams;
    private PageCacheManagement management;
    private Thread toucher;
    private boolean closed;
    private volatile boolean running;

    public Transformer(TransformerConfig config) {
        this.config = config;
        budget = new PageCacheBudget(config.pageCacheBytes());
        replacement = new ThreadReplacement(
                config.applicationId(), REPLACEMENTS_PER_MINUTE * config.threads(), Clock.systemUTC());
    }

    /**
     * Creates the shared topics where they are missing, starts, and waits until records can be taken, or until another
     * thread closes it.
     *
     * @throws TransformException if the cluster cannot be reached or does not let it
     * @throws IllegalStateException if it was started or closed before
     */
    public void start() throws TransformException, InterruptedException {
        try {
            launch();
        } catch (RegistryException e) {
            close();
            throw new TransformException("transformer cannot start: " + e.getMessage(), e);
        } catch (KafkaException e) {
            close();
            throw cannotStart(e);
        }
        // While the group forms: the first migration may be over before a cold JVM is warm.
        WarmUp.run(config.compression(), WARM_UP);
        if (!settled.await(START_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            close();
            throw new TransformException("transformer has not joined group " + config.applicationId() + " at "
                    + config.clients().bootstrapServers() + " within " + START_PATIENCE.toSeconds()
                    + " s; are its brokers 4.2 or newer? If not, set group.protocol=classic in --command-config");
        }
        if (replacement.fatal() != null) {
            close();
            throw replacement.fatal();
        }
    }

    private void launch() throws TransformException, InterruptedException {
        boolean wasClosed = isClosed();
        prepareFormat();
        if (isClosed() && !wasClosed) {
            return;
        }
        KafkaStreams created = prepare();
        try {
            // Reads all checkpoints first: not under the lock, or nobody could close it meanwhile.
            created.start();
        } catch (KafkaException | IllegalStateException e) {
            if (!isClosed()) {
                throw e;
            }
        }
        settleIn();
    }

    private synchronized KafkaStreams prepare() throws TransformException, InterruptedException {
        if (admin != null || closed) {
            throw new IllegalStateException("a transformer starts once");
        }
        checkHeap();
        admin = config.clients().newAdmin();
        TopicSetup.ensureShared(admin, config.replication(), USES);
        checkGroup();
        streams = newStreams();
        return streams;
    }

    /** A thread that the group turns away says so only after it was started, and dies of it with much noise. */
    private void checkGroup() throws InterruptedException {
        try {
            admin.listConsumerGroupOffsets(config.applicationId())
                    .partitionsToOffsetAndMetadata()
                    .get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupAuthorizationException refused) {
                throw new MissingRightException(AclOperation.READ, ResourceType.GROUP, config.applicationId(), refused);
            }
            LOG.debug("What group {} has read is not known", config.applicationId(), e);
        }
    }

    private TransformException cannotStart(KafkaException cause) {
        if (cause instanceof UnfitTopicException) {
            return new TransformException("transformer cannot start: " + cause.getMessage(), cause);
        }
        String cluster = config.clients().bootstrapServers();
        return new TransformException(
                ClusterRefusal.reason(cause)
                        .map(refusal -> "transformer cannot start: Kafka at " + cluster + " " + refusal)
                        .orElseGet(() -> "transformer cannot start with " + cluster + ": " + cause.getMessage()
                                + "; check --bootstrap-server and --command-config"),
                cause);
    }

    /** Of what it writes: the registry may be away once it runs. Not under the lock, or nobody could close it meanwhile. */
    private void prepareFormat() {
        List.of(Schemas.STREAM_RECORD, Schemas.MIGRATION_STATUS, Schemas.DEAD_LETTER)
                .forEach(config.clients().format()::prepare);
    }

    private synchronized void settleIn() {
        if (closed) {
            return;
        }
        management = new PageCacheManagement(budget);
        // First touch of memory is slow on many hosts: not while a migration waits for it.
        toucher = new Thread(budget::preTouch, "godwit-page-cache-touch");
        toucher.setDaemon(true);
        toucher.start();
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void checkHeap() throws TransformException {
        long heapBytes = Runtime.getRuntime().maxMemory();
        if (config.pageCacheBytes() > heapBytes / HEAP_PARTS * PAGE_CACHE_PARTS) {
            throw new TransformException("a page cache of " + (config.pageCacheBytes() >> 20)
                    + " MiB leaves too little of a heap of " + (heapBytes >> 20)
                    + " MiB; raise GODWIT_HEAP or lower --page-cache-size");
        }
    }

    /** Stops taking records, finishes those in hand, and leaves the group. Does nothing the second time. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (toucher != null) {
            toucher.interrupt();
            management.close();
        }
        if (streams != null) {
            streams.close(CloseOptions.timeout(CLOSE_PATIENCE)
                    .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
        }
        if (admin != null) {
            admin.close(CLOSE_PATIENCE);
        }
        settled.countDown();
        ended.countDown();
    }

    /**
     * Waits for its end.
     *
     * @return what it died of; empty if it was closed
     */
    public Optional<TransformException> awaitTermination() throws InterruptedException {
        ended.await();
        return Optional.ofNullable(replacement.fatal());
    }

    /** Whether it takes records now: not while it starts or closes, nor while the group deals out its work anew. */
    public boolean isRunning() {
        return running;
    }

    /** What it has done so far. */
    public TransformerProgress progress() {
        return new TransformerProgress(
                counters.records(),
                counters.repeatedRecords(),
                counters.refusedRecords(),
                counters.droppedRecords(),
                counters.bytesIn(),
                counters.bytesOut(),
                new PageCounts(
                        counters.normalPages(),
                        counters.zeroPages(),
                        counters.fillPages(),
                        counters.xbzrlePages(),
                        counters.hashPages(),
                        counters.unchangedPages()),
                counters.overflows(),
                counters.hits(),
                counters.misses(),
                counters.checkpointLookups(),
                budget.usedBytes());
    }

    /** The page cache's memory, to be resized while it runs. */
    public PageCacheBudget pageCache() {
        return budget;
    }

    /** Half of what the page cache leaves: records in flight need the rest. */
    private long checkpointIndexBytes() {
        return (Runtime.getRuntime().maxMemory() - config.pageCacheBytes()) / 2;
    }

    private KafkaStreams newStreams() {
        StreamGate gate = new StreamGate(new AdminStreamTopics(admin));
        TaskServices services = new TaskServices(
                gate,
                counters,
                config.compression(),
                config.clients().format(),
                UUID.randomUUID().toString(),
                Clock.systemUTC());
        Properties settings = StreamsSettings.of(
                config.clients().bootstrapServers(),
                config.applicationId(),
                config.stateDir(),
                config.threads(),
                config.clients().overrides(),
                gate);
        settings.putAll(config.clients().reporting());
        KafkaStreams created =
                new KafkaStreams(MigrationTopology.build(services, budget, checkpointIndexBytes()), settings);
        created.setUncaughtExceptionHandler(replacement);
        created.setStateListener((state, old) -> {
            running = state == State.RUNNING;
            if (state == State.ERROR || state == State.NOT_RUNNING) {
                settled.countDown();
                ended.countDown();
            } else if (state == State.RUNNING) {
                settled.countDown();
            }
        });
        return created;
    }
}
