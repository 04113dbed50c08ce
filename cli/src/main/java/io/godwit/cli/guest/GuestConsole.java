package io.godwit.cli.guest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;

/** Reads the serial console of a guest, in the lines that {@code .ci/guest/init.c} lists, until the guest is gone. */
public final class GuestConsole {
    /**
     * What the guest did so far.
     *
     * @param writes to its hot set
     * @param checked pages compared with what they must hold
     * @param sweeps times that every page was checked
     * @param corrupt pages found to differ
     */
    record Stats(long writes, long checked, long sweeps, long corrupt) {}

    private static final int TAIL_LINES = 20;
    private static final int READ_BYTES = 4096;

    private final Object monitor = new Object();
    private final List<Heartbeat> heartbeats = new ArrayList<>();
    private final List<String> corruptions = new ArrayList<>();
    private final Deque<String> tail = new ArrayDeque<>();
    private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
    private GuestLine first = new GuestLine("", 0);
    private long lines;
    private Stats stats = new Stats(0, 0, 0, 0);
    private boolean ready;
    private boolean ended;

    private GuestConsole() {}

    /** Reads {@code output} in a thread of its own until it ends. */
    static GuestConsole reading(InputStream output) {
        GuestConsole console = new GuestConsole();
        Thread reader = new Thread(() -> console.read(output), "guest-console");
        reader.setDaemon(true);
        reader.start();
        return console;
    }

    /** Returns every heartbeat so far, in the order of arrival. */
    public List<Heartbeat> heartbeats() {
        synchronized (monitor) {
            return List.copyOf(heartbeats);
        }
    }

    /** Returns the last heartbeat so far; empty where there was none. */
    public Optional<Heartbeat> lastHeartbeat() {
        synchronized (monitor) {
            return heartbeats.isEmpty() ? Optional.empty() : Optional.of(heartbeats.get(heartbeats.size() - 1));
        }
    }

    /** Returns the guest's complaints about its memory, without page bytes; empty is what one wants. */
    public List<String> corruptions() {
        synchronized (monitor) {
            return List.copyOf(corruptions);
        }
    }

    /** Waits until memory is filled and the workload has started, for whoever started the guest here. */
    public void awaitReady(Duration patience) throws GuestException, InterruptedException {
        await(() -> ready, patience, "the guest to be ready");
    }

    /** Waits for so many heartbeats more than there are now. */
    public void awaitHeartbeats(int more, Duration patience) throws GuestException, InterruptedException {
        int wanted = heartbeats().size() + more;
        await(() -> heartbeats.size() >= wanted, patience, more + " heartbeats");
    }

    /** Waits until the guest has checked every page at least once since now. */
    public void awaitFullCheck(Duration patience) throws GuestException, InterruptedException {
        awaitMore(Stats::sweeps, 2, patience, "the guest to check all its pages");
    }

    /** Waits for so many writes more than are known of now. */
    public void awaitWrites(long more, Duration patience) throws GuestException, InterruptedException {
        awaitMore(Stats::writes, more, patience, more + " writes");
    }

    /** Waits until the guest has found a page that is not what it wrote. */
    public void awaitCorruption(Duration patience) throws GuestException, InterruptedException {
        await(() -> !corruptions.isEmpty(), patience, "the guest to notice a corrupt page");
    }

    /** Waits until QEMU has closed the console: it is gone. */
    void awaitEnd() throws InterruptedException {
        synchronized (monitor) {
            while (!ended) {
                monitor.wait();
            }
        }
    }

    /** The line that has no end yet: the guest may have moved in the middle of it. */
    String unfinishedLine() {
        synchronized (monitor) {
            return unfinished.toString(ISO_8859_1);
        }
    }

    /** The first line that was read here, which may be the rest of one that began elsewhere; empty where there is none. */
    GuestLine firstLine() {
        synchronized (monitor) {
            return first;
        }
    }

    /** Counts from what this console knows: a guest that has moved here says its totals once a second. */
    private void awaitMore(ToLongFunction<Stats> count, long more, Duration patience, String what)
            throws GuestException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        await(() -> stats.checked() > 0, patience, what);
        long wanted;
        synchronized (monitor) {
            wanted = count.applyAsLong(stats) + more;
        }
        await(() -> count.applyAsLong(stats) >= wanted, Duration.ofNanos(deadline - System.nanoTime()), what);
    }

    private void await(BooleanSupplier condition, Duration patience, String what)
            throws GuestException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (monitor) {
            while (!condition.getAsBoolean()) {
                long left = deadline - System.nanoTime();
                if (ended || left <= 0) {
                    throw new GuestException("waited for " + what + " but "
                            + (ended ? "the guest ended" : "it did not come within " + patience)
                            + "; its console ended with:\n" + String.join("\n", tail));
                }
                TimeUnit.NANOSECONDS.timedWait(monitor, left);
            }
        }
    }

    private void read(InputStream output) {
        byte[] bytes = new byte[READ_BYTES];
        try (output) {
            for (int count = output.read(bytes); count >= 0; count = output.read(bytes)) {
                take(bytes, count, System.nanoTime());
            }
        } catch (IOException e) {
            // The process was killed while it was read from: its end, like any other.
        } finally {
            synchronized (monitor) {
                ended = true;
                monitor.notifyAll();
            }
        }
    }

    private void take(byte[] bytes, int count, long arrivalNanos) {
        synchronized (monitor) {
            for (int i = 0; i < count; i++) {
                if (bytes[i] != '\n') {
                    unfinished.write(bytes[i]);
                } else {
                    take(new GuestLine(unfinishedLine().stripTrailing(), arrivalNanos));
                    unfinished.reset();
                }
            }
            monitor.notifyAll();
        }
    }

    private void take(GuestLine line) {
        if (lines++ == 0) {
            first = line;
        }
        line.heartbeat().ifPresent(heartbeats::add);
        line.stats().ifPresent(counts -> stats = counts);
        if (line.isCorruption()) {
            corruptions.add(line.text());
        }
        ready |= line.isReady();
        tail.addLast(line.text());
        if (tail.size() > TAIL_LINES) {
            tail.removeFirst();
        }
    }
}
