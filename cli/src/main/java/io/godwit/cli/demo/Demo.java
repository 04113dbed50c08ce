package io.godwit.cli.demo;

import io.godwit.cli.broker.BrokerOptions;
import io.godwit.cli.broker.EmbeddedBroker;
import io.godwit.cli.failure.CommandException;
import io.godwit.cli.files.TemporaryDirectory;
import io.godwit.cli.progress.ProgressView;
import io.godwit.cli.progress.RoleProgress;
import io.godwit.cli.text.Sizes;
import io.godwit.client.ClientSettings;
import io.godwit.consumer.ReceiveOptions;
import io.godwit.consumer.Receiver;
import io.godwit.producer.SendOptions;
import io.godwit.producer.SendReport;
import io.godwit.producer.Sender;
import io.godwit.producer.source.SyntheticGuest;
import io.godwit.producer.source.SyntheticSpec;
import io.godwit.report.RoleReport;
import io.godwit.transformer.Transformer;
import io.godwit.transformer.TransformerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One run of the demo. Used once, by one thread; {@link #progress} is for any.
 *
 * <p>Started in the order that data flows, closed in the opposite one: clients that outlive their broker would search for it.
 */
public final class Demo {
    private static final String MIGRATION = "demo";
    private static final String WARM_UP = "demo-warm-up";
    /** Enough for the compiler to have seen what is hot, in Kafka as well as here; takes a second or two. */
    private static final long WARM_UP_BYTES = 128L << 20;
    /** Ingress, stream and two targets, each at most as large as the guest, and what the guest writes meanwhile. */
    private static final int DISK_FACTOR = 5;

    private final SyntheticSpec spec;
    private volatile Supplier<ProgressView> progress = () -> new ProgressView("starting", 0, 0, "broker");

    public Demo(SyntheticSpec spec) {
        this.spec = spec;
    }

    /**
     * Migrates the guest to both targets and compares.
     *
     * @throws CommandException if there is no room for it
     * @throws InterruptedException if the thread is interrupted; all that it made is removed then, too
     */
    public DemoReport run() throws Exception {
        try (TemporaryDirectory directory = TemporaryDirectory.create("godwit-demo-")) {
            checkRoom(directory.path());
            try (SyntheticGuest guest = new SyntheticGuest(spec);
                    EmbeddedBroker broker = EmbeddedBroker.start(
                            new BrokerOptions(0, directory.path().resolve("broker")))) {
                return run(guest, ClientSettings.of(broker.bootstrapServers()), directory.path());
            }
        }
    }

    /** What it does now. */
    public ProgressView progress() {
        return progress.get();
    }

    private DemoReport run(SyntheticGuest guest, ClientSettings clients, Path directory) throws Exception {
        Path waitingTarget = directory.resolve("waiting");
        Path lateTarget = directory.resolve("late");
        tell("starting", "transformer");
        try (Transformer transformer = new Transformer(TransformerConfig.of(clients, directory.resolve("state")))) {
            transformer.start();
            warmUp(clients, directory.resolve("warm-up"));
            tell("starting", "guest");
            guest.boot();
            Arrival waiting = new Arrival();
            SendReport sent = send(MIGRATION, guest, clients, waitingTarget, waiting);
            Receiver replay = new Receiver(ReceiveOptions.of(MIGRATION, lateTarget), clients);
            progress = () -> labelled("late target, ", RoleProgress.of(replay.progress()));
            RoleReport late = replay.receive();
            tell("comparing", "guest and targets, byte for byte");
            boolean identical =
                    MemoryComparison.isSame(guest, waitingTarget) && MemoryComparison.isSame(guest, lateTarget);
            return new DemoReport(
                    spec.memoryBytes(), sent.summary(), waiting.report, late, waiting.lagMillis, identical);
        }
    }

    /**
     * Migrates a small guest first: brokers and transformers run for weeks, and what the demo measures is not how long they
     * take to be compiled.
     */
    private void warmUp(ClientSettings clients, Path target) throws Exception {
        tell("warming up", "broker and transformer, with a small guest");
        SyntheticSpec small = SyntheticSpec.parse("memory=" + Math.min(WARM_UP_BYTES, spec.memoryBytes()) + ",hot=4M");
        try (SyntheticGuest guest = new SyntheticGuest(small)) {
            guest.boot();
            send(WARM_UP, guest, clients, target, new Arrival());
        }
    }

    /** Sends to a target that waits, and waits for it. */
    private SendReport send(
            String migration, SyntheticGuest guest, ClientSettings clients, Path target, Arrival arrival)
            throws Exception {
        Receiver receiver = new Receiver(ReceiveOptions.of(migration, target), clients);
        FutureTask<RoleReport> receiving = start("waiting-target", receiver::receive);
        try {
            Sender sender = new Sender(SendOptions.of(migration), guest, clients);
            progress = () -> labelled(
                    migration.equals(WARM_UP) ? "warming up, " : "sending, ", RoleProgress.of(sender.progress()));
            SendReport sent = sender.send();
            long sentNanos = System.nanoTime();
            progress = () -> labelled("waiting target, ", RoleProgress.of(receiver.progress()));
            arrival.report = get(receiving);
            arrival.lagMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sentNanos);
            return sent;
        } finally {
            // No effect on one that has ended; one that has not must end before its directory is removed.
            receiver.stop();
            awaitEnd(receiving);
        }
    }

    private void tell(String phase, String detail) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        ProgressView view = new ProgressView(phase, 0, 0, detail);
        progress = () -> view;
    }

    private void checkRoom(Path directory) throws IOException, CommandException {
        long needed = DISK_FACTOR * spec.memoryBytes();
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < needed) {
            throw new CommandException("the demo needs " + Sizes.format(needed) + " in " + directory.getParent()
                    + ", where " + Sizes.format(free)
                    + " are free; give it less --memory, or set TMPDIR to a directory with more room");
        }
    }

    private static ProgressView labelled(String label, ProgressView view) {
        return new ProgressView(label + view.phase(), view.doneBytes(), view.totalBytes(), view.detail());
    }

    private static <T> FutureTask<T> start(String name, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    private static <T> T get(FutureTask<T> task) throws Exception {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static void awaitEnd(FutureTask<RoleReport> task) throws InterruptedException {
        try {
            task.get();
        } catch (ExecutionException e) {
            // Told where its result was asked for.
        }
    }

    /** What became of the waiting target. */
    private static final class Arrival {
        private RoleReport report;
        private long lagMillis;
    }
}
