package io.godwit.consumer;

import io.godwit.client.ClientSettings;
import io.godwit.client.ClusterRefusal;
import io.godwit.client.MissingRightException;
import io.godwit.consumer.ReceiveRun.End;
import io.godwit.consumer.apply.OriginalRecords;
import io.godwit.consumer.apply.RefusedStreamException;
import io.godwit.consumer.apply.Target;
import io.godwit.consumer.handover.Decision;
import io.godwit.consumer.handover.RefusedTargetException;
import io.godwit.consumer.handover.TargetHandover;
import io.godwit.consumer.qemu.IncomingQemuException;
import io.godwit.consumer.qemu.QemuTarget;
import io.godwit.consumer.repair.IngressRecords;
import io.godwit.consumer.sink.TargetDirectory;
import io.godwit.consumer.sink.TargetException;
import io.godwit.consumer.sink.TargetStore;
import io.godwit.record.Schemas;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.registry.RegistryException;
import io.godwit.report.ByteCounts;
import io.godwit.report.PageCounts;
import io.godwit.report.RoleReport;
import io.godwit.topic.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives one migration into a RAM directory: waits for its stream, applies all lanes, verifies, reports. One use.
 *
 * <p>{@link #receive} belongs to one thread, which it blocks; {@link #stop} and {@link #progress} to any.
 */
public final class Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(Receiver.class);

    /** Between two looks for a stream that is not there yet. */
    private static final long LOOK_MILLIS = 250;
    /** Between two looks whether the stream that is read is still there. */
    private static final long WATCH_MILLIS = 5000;
    /** A broker that has just started may not know a topic yet: one look does not tell that it was deleted. */
    private static final int LOOKS_UNTIL_GONE = 2;

    /** How long a repair waits for the ingress; what was applied until then can be gone on with. */
    private static final Duration REPAIR_PATIENCE = Duration.ofSeconds(60);

    private static final Duration CLOSE = Duration.ofSeconds(1);

    private final ReceiveOptions options;
    private final ClientSettings clients;
    private final String topic;
    private final ReceiveRun run = new ReceiveRun();
    private final LocalCheckpoints checkpoints;

    private volatile Target target;
    private volatile int lanes;
    private volatile boolean finished;
    private volatile boolean stopped;
    private volatile boolean guestIsOurs;
    private volatile String note = "";
    /** Why who has the guest cannot be asked; empty where it can, or where there is nobody to ask. */
    private String directoryRefusal = "";

    /** @param clients where the cluster is */
    public Receiver(ReceiveOptions options, ClientSettings clients) {
        this.options = options;
        this.clients = clients;
        this.topic = Topics.stream(options.migration());
        this.checkpoints = new LocalCheckpoints(options.migration(), options.checkpoints());
    }

    /**
     * Receives until the migration is complete and verified, the round that was asked for has ended, or {@link #stop} is
     * called. Waits for the stream without limit, but for the first answer of Kafka.
     *
     * <p>Where the guest is handed over, complete means, too, that it is this target's.
     *
     * @return what was done; {@code status} is {@code completed}, {@code cloned}, {@code stopped} at the round, or {@code
     *     interrupted}
     * @throws ReceiveException if the directory, the stream or Kafka does not allow it, or the guest stayed at its source or
     *     went to another target; what was applied stays, and can be gone on with
     */
    public RoleReport receive() throws ReceiveException, InterruptedException {
        try (TargetStore store = claim()) {
            return receive(store);
        } catch (TargetException | RefusedStreamException e) {
            throw new ReceiveException(e.getMessage(), e);
        } catch (IOException e) {
            throw ioFailure(e);
        } finally {
            run.stop();
            finished = true;
        }
    }

    private TargetStore claim() throws TargetException, IOException {
        return options.destination() instanceof Destination.Qemu qemu
                ? QemuTarget.claim(qemu.qmp(), options.migration())
                : TargetDirectory.claim(((Destination.Directory) options.destination()).path(), options.migration());
    }

    /** Ends {@link #receive} soon, wherever it is. What was applied stays, and can be gone on with. */
    public void stop() {
        stopped = true;
        run.stop();
    }

    /** What an operator should know besides of what was received, a line each. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>(checkpoints.warnings());
        long repaired = repairedPages();
        if (repaired > 0) {
            notes.add(repaired + (repaired == 1 ? " page was" : " pages were")
                    + " repaired from the ingress: no checkpoint here gave "
                    + (repaired == 1 ? "it" : "them")
                    + (options.checkpoints().optional() ? "" : "; add it again, it may be damaged"));
        }
        if (!note.isEmpty()) {
            notes.add(note);
        }
        return notes;
    }

    /** Pages that came as hashes, and were read from the ingress as no checkpoint here gave them. */
    public long repairedPages() {
        Target current = target;
        return current == null ? 0 : current.counters().repaired();
    }

    /** Runs and lanes that were not what their checksum or digest said; none of them is in the target's memory. */
    public long verificationFailures() {
        Target current = target;
        return current == null ? 0 : current.counters().verificationFailures();
    }

    /** Records of each lane that are stored and not applied, as of the last look; lanes that were not read yet are missing. */
    public Map<Integer, Long> laneLags() {
        Target current = target;
        return current == null ? Map.of() : current.counters().laneLags();
    }

    /** Whether the guest was handed over to this target. */
    public boolean hasGuest() {
        return guestIsOurs;
    }

    /** How far it is. */
    public ReceiveProgress progress() {
        Target current = target;
        if (current == null) {
            return new ReceiveProgress(
                    finished ? ReceiveProgress.Phase.FINISHED : ReceiveProgress.Phase.WAITING_FOR_STREAM,
                    0,
                    0,
                    lanes,
                    0,
                    0,
                    new PageCounts(0L, 0L, 0L, 0L, 0L, 0L),
                    new ByteCounts(0L, 0L, 0L),
                    0);
        }
        return new ReceiveProgress(
                phase(),
                current.barrier().newestAttempt(),
                current.round(),
                lanes,
                current.barrier().lanesEnded(),
                current.guestBytes(),
                current.counters().pages(),
                current.counters().bytes(),
                run.elapsedMillis());
    }

    private ReceiveProgress.Phase phase() {
        if (finished) {
            return ReceiveProgress.Phase.FINISHED;
        }
        return run.hasBegun() ? ReceiveProgress.Phase.RECEIVING : ReceiveProgress.Phase.WAITING_FOR_RECORDS;
    }

    private RoleReport receive(TargetStore store)
            throws ReceiveException, RefusedStreamException, TargetException, IOException, InterruptedException {
        startDaemon("godwit-warm-up", () -> WarmUp.run(() -> run.hasBegun() || run.isOver()));
        Admin admin = newAdmin();
        try {
            Optional<StreamTopic> stream = awaitStream(admin);
            return stream.isEmpty() ? report(run.result()) : receive(store, admin, stream.get());
        } catch (KafkaException e) {
            throw kafkaFailure(e);
        } finally {
            // Without a limit it would wait for answers that no one is interested in any more.
            admin.close(CLOSE);
        }
    }

    private RoleReport receive(TargetStore store, Admin admin, StreamTopic stream)
            throws ReceiveException, RefusedStreamException, TargetException, IOException, InterruptedException {
        lanes = stream.lanes();
        // The target is closed before the checkpoints that it reads.
        try (LocalCheckpoints held = checkpoints;
                Target opened = new Target(options.migration(), stream.id(), lanes, options.untilRound(), store, held);
                TargetHandover handover = openHandover(admin);
                LaneThreads readers = new LaneThreads(run)) {
            if (handover != null && !options.copy()) {
                // While nothing was applied: at the end a guest stands still for what the target writes.
                clients.format().prepare(Schemas.MIGRATION_STATUS);
            }
            opened.resume();
            if (handover != null) {
                opened.barrier().withdraw(handover.lastWithdrawn());
            }
            target = opened;
            run.check(opened.barrier().outcome());
            return receive(admin, stream, opened, handover, readers);
        }
    }

    /** Null where there is no directory, or it is not for this target to see: then no guest is handed over. */
    private TargetHandover openHandover(Admin admin) throws InterruptedException {
        try {
            return StreamTopic.find(admin, Topics.MIGRATIONS, run::isOver).isEmpty()
                    ? null
                    : TargetHandover.open(clients, options.migration(), options.target());
        } catch (AuthorizationException e) {
            LOG.debug("the directory cannot be read", e);
            directoryRefusal = ClusterRefusal.reason(e).orElseGet(e::getMessage);
            return null;
        }
    }

    /** @param handover null where no guest is handed over */
    private RoleReport receive(
            Admin admin, StreamTopic stream, Target opened, TargetHandover handover, LaneThreads readers)
            throws ReceiveException, RefusedStreamException, IOException, InterruptedException {
        boolean takesPart =
                handover != null && !options.copy() && options.untilRound().isEmpty();
        if (handover == null && !options.copy() && runsGuest()) {
            throw new ReceiveException(
                    "whether the guest may be continued here is known to godwit.migrations alone, which"
                            + " cannot be read"
                            + (directoryRefusal.isEmpty() ? "" : ": the cluster " + directoryRefusal)
                            + "; allow that, or start a copy with --clone");
        }
        if (!directoryRefusal.isEmpty() && !options.copy()) {
            note = "this is a copy: the guest of migration " + options.migration()
                    + " cannot be handed over to this target, as the cluster " + directoryRefusal;
        }
        if (!takesPart || opened.isComplete()) {
            readAll(admin, stream, opened, readers);
            return report(complete(opened, run.result()));
        }
        try {
            TargetReports reports = TargetReports.start(handover, opened, !runsGuest(), run);
            try {
                readAll(admin, stream, opened, readers);
            } finally {
                reports.end();
            }
            return report(handOver(opened, handover, run.result()));
        } catch (ReceiveException | RefusedStreamException e) {
            tellFailed(handover, e.getMessage());
            throw e;
        } catch (IOException e) {
            ReceiveException failure = ioFailure(e);
            tellFailed(handover, failure.getMessage());
            throw failure;
        }
    }

    /** Whether the guest is not only kept at its destination. */
    private boolean runsGuest() {
        return options.destination() instanceof Destination.Qemu;
    }

    private End complete(Target opened, End end) throws ReceiveException, RefusedStreamException, IOException {
        if (end != End.COMPLETED) {
            return end;
        }
        seal(opened);
        opened.prepare();
        opened.complete();
        return options.copy() ? End.CLONED : end;
    }

    private End handOver(Target opened, TargetHandover handover, End end)
            throws ReceiveException, RefusedStreamException, IOException {
        if (end != End.COMPLETED) {
            tellFailed(handover, end.status());
            return end;
        }
        seal(opened);
        int attempt = opened.barrier().newestAttempt();
        if (!handover.isArbitrated(attempt)) {
            if (runsGuest()) {
                throw new ReceiveException(
                        "migration " + options.migration() + " is not handed over to anybody: start a"
                                + " copy of its guest with --clone, or send it with --handover");
            }
            return complete(opened, end);
        }
        opened.prepare();
        try {
            // Where all was here before the first report.
            handover.begin(attempt, !runsGuest());
        } catch (RefusedTargetException e) {
            throw new ReceiveException(e.getMessage(), e);
        }
        handover.verified();
        return decided(opened, handover, handover.awaitDecision(() -> stopped));
    }

    /** Makes sure of the end. A paused guest waits for what follows, so the readers of lanes that have ended still close. */
    private void seal(Target opened) throws ReceiveException {
        if (!opened.barrier().seal()) {
            throw new ReceiveException("all of migration " + options.migration()
                    + " had come, but a newer attempt has begun: receive again to go on with that");
        }
    }

    private End decided(Target opened, TargetHandover handover, Decision decision)
            throws ReceiveException, RefusedStreamException, IOException {
        switch (decision.verdict()) {
            case OWN, COPY -> {
                note = decision.reason();
                guestIsOurs = decision.verdict() == Decision.Verdict.OWN;
                return complete(opened, End.COMPLETED);
            }
            case STOPPED -> {
                tellFailed(handover, decision.reason());
                return End.STOPPED;
            }
            default ->
                throw new ReceiveException(
                        runsGuest()
                                ? decision.reason() + "; " + options.destination()
                                        + " holds a guest that must not run: end it"
                                : decision.reason());
        }
    }

    /** Where that works: what happened is worse than that the source does not hear of it. */
    private static void tellFailed(TargetHandover handover, String reason) {
        try {
            handover.failed(reason);
        } catch (KafkaException e) {
            LOG.debug("the directory could not be told that the target gave up", e);
        }
    }

    private Admin newAdmin() throws ReceiveException {
        try {
            return clients.newAdmin();
        } catch (KafkaException e) {
            throw kafkaFailure(e);
        }
    }

    /** Waits for the stream's topic; empty where it was stopped before. */
    private Optional<StreamTopic> awaitStream(Admin admin) throws InterruptedException {
        boolean answered = false;
        do {
            try {
                Optional<StreamTopic> found = StreamTopic.find(admin, topic, run::isOver);
                if (found.isPresent()) {
                    return found;
                }
                answered = true;
            } catch (RetriableException e) {
                if (!answered) {
                    throw e;
                }
                LOG.debug("no answer while waiting for {}", topic, e);
            }
        } while (!run.await(LOOK_MILLIS));
        return Optional.empty();
    }

    /** Returns when the run is over; where not all lanes have ended, none is read any more. */
    private void readAll(Admin admin, StreamTopic stream, Target opened, LaneThreads readers)
            throws ReceiveException, InterruptedException {
        int threads = Math.min(options.threads(), stream.lanes());
        for (int thread = 0; thread < threads && !run.isOver(); thread++) {
            int first = thread;
            List<Integer> own = IntStream.range(0, stream.lanes())
                    .filter(lane -> lane % threads == first)
                    .boxed()
                    .toList();
            readers.add(startDaemon("godwit-lanes-" + thread, () -> readLanes(own, opened)));
        }
        watch(admin, stream, opened);
        if (run.result() != End.COMPLETED) {
            readers.close();
        }
    }

    /** Waits for the end of the run, and ends it where the stream is deleted meanwhile. */
    private void watch(Admin admin, StreamTopic stream, Target opened) throws InterruptedException {
        int missing = 0;
        while (!run.await(WATCH_MILLIS)) {
            checkOfUse(opened);
            try {
                boolean there = StreamTopic.find(admin, topic, run::isOver)
                        .filter(stream::equals)
                        .isPresent();
                missing = there ? 0 : missing + 1;
            } catch (KafkaException e) {
                LOG.debug("no answer while watching {}", topic, e);
            }
            if (missing == LOOKS_UNTIL_GONE) {
                run.fail(new ReceiveException("the stream of migration " + options.migration()
                        + " was deleted while it was received: receive again once it is sent again, into "
                        + (runsGuest() ? "a QEMU that was started anew" : "an empty directory")));
            }
        }
    }

    private void checkOfUse(Target opened) {
        try {
            opened.check();
        } catch (IOException e) {
            run.fail(ioFailure(e));
        }
    }

    /** Body of a reader thread: whatever goes wrong ends the run. */
    private void readLanes(List<Integer> own, Target opened) {
        KafkaConsumer<String, ByteBuffer> consumer = null;
        try {
            consumer = clients.newConsumer(new ByteBufferDeserializer());
            run.onEnd(consumer::wakeup);
            StreamRecordDecoder decoder = new StreamRecordDecoder(clients.format());
            new LaneReader(consumer, topic, own, opened, run, ingress(decoder), decoder).read();
        } catch (WakeupException e) {
            LOG.trace("woken at the end of the run", e);
        } catch (RefusedStreamException | TargetException e) {
            run.fail(new ReceiveException(e.getMessage(), e));
        } catch (IOException e) {
            run.fail(ioFailure(e));
        } catch (KafkaException e) {
            run.fail(kafkaFailure(e));
        } catch (InternalError e) {
            // What the JVM makes of a mapped page that cannot be read or written; other stores may be lost with it.
            opened.invalidate();
            run.fail(new ReceiveException(
                    "memory of " + options.destination()
                            + " could not be read or written: check the disk, then receive again",
                    e));
        } catch (RuntimeException | Error e) {
            run.fail(new ReceiveException("receiving migration " + options.migration() + " failed: " + e, e));
        } finally {
            if (consumer != null) {
                consumer.close(CloseOptions.timeout(CLOSE));
            }
        }
    }

    private OriginalRecords ingress(StreamRecordDecoder decoder) {
        return new IngressRecords(
                () -> {
                    KafkaConsumer<String, ByteBuffer> consumer = clients.newConsumer(new ByteBufferDeserializer());
                    run.onEnd(consumer::wakeup);
                    return consumer;
                },
                decoder,
                REPAIR_PATIENCE,
                System::nanoTime);
    }

    private RoleReport report(End end) {
        ReceiveProgress now = progress();
        Target current = target;
        boolean begun = current != null && current.guestBytes() > 0;
        return new RoleReport(
                options.migration(),
                "receive",
                end.status(),
                now.round(),
                now.pages(),
                now.bytes(),
                now.elapsedMillis(),
                null,
                (end == End.COMPLETED || end == End.CLONED) ? Boolean.TRUE : null,
                begun ? String.format("%016x", current.digest()) : null);
    }

    private ReceiveException ioFailure(IOException e) {
        if (e instanceof IncomingQemuException) {
            return new ReceiveException(e.getMessage(), e);
        }
        return new ReceiveException(
                "receiving into " + options.destination() + " failed: " + reason(e)
                        + "; once that is put right, receive again to go on",
                e);
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException denied) {
            return "no permission for " + denied.getFile();
        }
        if (e instanceof NoSuchFileException missing) {
            return "cannot find or make " + missing.getFile();
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private ReceiveException kafkaFailure(KafkaException e) {
        if (e instanceof RegistryException) {
            return new ReceiveException(
                    "migration " + options.migration() + " cannot be received: " + e.getMessage()
                            + "; what was applied stays, and can be gone on with",
                    e);
        }
        if (e instanceof OffsetOutOfRangeException) {
            return new ReceiveException(
                    "the stream of migration " + options.migration()
                            + " is no longer whole: records that are still needed have passed its retention; delete the"
                            + " migration and send it again",
                    e);
        }
        Optional<String> refusal = ClusterRefusal.reason(MissingRightException.explain(e, AclOperation.READ, topic));
        if (refusal.isPresent()) {
            return new ReceiveException(
                    "migration " + options.migration() + " cannot be received: Kafka at " + clients.bootstrapServers()
                            + " " + refusal.get(),
                    e);
        }
        if (e instanceof RetriableException) {
            return new ReceiveException(
                    "Kafka at " + clients.bootstrapServers() + " does not answer (" + e.getMessage()
                            + "): check --bootstrap-server and that a broker runs there",
                    e);
        }
        return new ReceiveException("Kafka at " + clients.bootstrapServers() + " refuses: " + e.getMessage(), e);
    }

    private static Thread startDaemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
