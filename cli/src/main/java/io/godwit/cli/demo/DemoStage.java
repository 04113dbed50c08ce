package io.godwit.cli.demo;

import io.godwit.cli.broker.BrokerOptions;
import io.godwit.cli.broker.EmbeddedBroker;
import io.godwit.cli.failure.CommandException;
import io.godwit.cli.progress.RoleProgress;
import io.godwit.cli.text.Sizes;
import io.godwit.client.ClientSettings;
import io.godwit.consumer.ReceiveOptions;
import io.godwit.consumer.Receiver;
import io.godwit.files.TemporaryDirectory;
import io.godwit.producer.SendOptions;
import io.godwit.producer.SendReport;
import io.godwit.producer.Sender;
import io.godwit.producer.source.MemorySource;
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

/**
 * What a demo plays on: a directory, a broker and a transformer that are warm, and the roles that move a guest.
 *
 * <p>Started in the order that data flows, closed in the opposite one: clients that outlive their broker would search for it.
 */
final class DemoStage implements AutoCloseable {
    private static final String WARM_UP = "demo-warm-up";
    /** Enough for the compiler to have seen what is hot, in Kafka as well as here; takes a second or two. */
    private static final long WARM_UP_BYTES = 128L << 20;

    /** What became of a migration; {@code lagMillis} is how much later than the sender the receiver was done. */
    record Arrival(SendReport sent, RoleReport received, long lagMillis) {}

    private final DemoProgress progress;
    private final TemporaryDirectory directory;
    private EmbeddedBroker broker;
    private Transformer transformer;
    private ClientSettings clients;

    private DemoStage(DemoProgress progress) throws IOException {
        this.progress = progress;
        this.directory = TemporaryDirectory.create("godwit-demo-");
    }

    /**
     * Sets the stage.
     *
     * @param guestBytes memory of the guest that will be shown
     * @param diskFactor how many times as much disk the demo needs
     * @throws CommandException if there is no room for it
     */
    static DemoStage open(long guestBytes, int diskFactor, DemoProgress progress) throws Exception {
        DemoStage stage = new DemoStage(progress);
        try {
            stage.start(guestBytes, diskFactor);
            return stage;
        } catch (Exception e) {
            stage.close();
            throw e;
        }
    }

    private void start(long guestBytes, int diskFactor) throws Exception {
        checkRoom(diskFactor * guestBytes);
        broker = EmbeddedBroker.start(new BrokerOptions(0, directory().resolve("broker")));
        clients = ClientSettings.of(broker.bootstrapServers());
        progress.tell("starting", "transformer");
        transformer = new Transformer(TransformerConfig.of(clients, directory().resolve("state")));
        transformer.start();
        warmUp(Math.min(WARM_UP_BYTES, guestBytes));
    }

    /** For what the demo makes; removed in the end. */
    Path directory() {
        return directory.path();
    }

    /** Sends to a target that waits, and waits for it. */
    Arrival migrate(String label, SendOptions options, MemorySource guest, ReceiveOptions target) throws Exception {
        Receiver receiver = new Receiver(target, clients);
        FutureTask<RoleReport> receiving = start("waiting-target", receiver::receive);
        try {
            Sender sender = new Sender(options, guest, clients);
            progress.follow(label + "sending, ", () -> RoleProgress.of(sender.progress()));
            SendReport sent = sender.send();
            long sentNanos = System.nanoTime();
            progress.follow(label + "waiting target, ", () -> RoleProgress.of(receiver.progress()));
            RoleReport received = get(receiving);
            return new Arrival(sent, received, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sentNanos));
        } finally {
            // No effect on one that has ended; one that has not must end before its directory is removed.
            receiver.stop();
            awaitEnd(receiving);
        }
    }

    /** Replays a migration that is over. */
    RoleReport receive(String label, ReceiveOptions target) throws Exception {
        Receiver receiver = new Receiver(target, clients);
        progress.follow(label, () -> RoleProgress.of(receiver.progress()));
        return receiver.receive();
    }

    @Override
    public void close() throws IOException {
        if (transformer != null) {
            transformer.close();
        }
        if (broker != null) {
            broker.close();
        }
        directory.close();
    }

    /**
     * Migrates a small guest first: brokers and transformers run for weeks, and what the demo measures is not how long they
     * take to be compiled.
     */
    private void warmUp(long bytes) throws Exception {
        progress.tell("warming up", "broker and transformer, with a small guest");
        try (SyntheticGuest guest = new SyntheticGuest(SyntheticSpec.parse("memory=" + bytes + ",hot=4M"))) {
            guest.boot();
            ReceiveOptions target = ReceiveOptions.of(WARM_UP, directory().resolve("warm-up"));
            migrate("warming up, ", SendOptions.of(WARM_UP), guest, target);
        }
    }

    private void checkRoom(long needed) throws IOException, CommandException {
        long free = Files.getFileStore(directory()).getUsableSpace();
        if (free < needed) {
            throw new CommandException("the demo needs " + Sizes.format(needed) + " in "
                    + directory().getParent()
                    + ", where " + Sizes.format(free)
                    + " are free; give it less --memory, or set TMPDIR to a directory with more room");
        }
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
}
