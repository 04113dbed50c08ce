package io.godwit.cli.guest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the serial console of a guest, in the lines that {@code .ci/guest/init.c} lists, until the guest is gone. */
final class GuestConsole {

    /**
     * One sign of life.
     *
     * @param sequence from 0, without holes as long as the guest lives, wherever it lives
     * @param guestMicros the guest's monotonic clock
     * @param arrivalNanos {@link System#nanoTime()} when the line arrived here
     */
    record Heartbeat(long sequence, long guestMicros, long arrivalNanos) {}

    /**
     * What the guest did so far.
     *
     * @param writes to its hot set
     * @param checked pages compared with what they must hold
     * @param sweeps times that every page was checked
     * @param corrupt pages found to differ
     */
    record Stats(long writes, long checked, long sweeps, long corrupt) {}

    private static final Pattern HEARTBEAT = Pattern.compile("GODWIT hb (\\d+) (\\d+)");
    private static final Pattern STATS =
            Pattern.compile("GODWIT stats writes=(\\d+) checked=(\\d+) sweeps=(\\d+) corrupt=(\\d+)");
    private static final int TAIL_LINES = 20;

    private final Object monitor = new Object();
    private final List<Heartbeat> heartbeats = new ArrayList<>();
    private final List<String> corruptions = new ArrayList<>();
    private final Deque<String> tail = new ArrayDeque<>();
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
    List<Heartbeat> heartbeats() {
        synchronized (monitor) {
            return List.copyOf(heartbeats);
        }
    }

    /** Returns the guest's complaints about its memory; empty is what a test wants. */
    List<String> corruptions() {
        synchronized (monitor) {
            return List.copyOf(corruptions);
        }
    }

    /** Waits until memory is filled and the workload has started. */
    void awaitReady(Duration patience) throws InterruptedException {
        await(() -> ready, patience, "the guest to be ready");
    }

    /** Waits for so many heartbeats more than there are now. */
    void awaitHeartbeats(int more, Duration patience) throws InterruptedException {
        int wanted = heartbeats().size() + more;
        await(() -> heartbeats.size() >= wanted, patience, more + " heartbeats");
    }

    /** Waits until the guest has checked every page at least once since now. */
    void awaitFullCheck(Duration patience) throws InterruptedException {
        awaitMore(Stats::sweeps, 2, patience, "the guest to check all its pages");
    }

    /** Waits for so many writes more than are known of now. */
    void awaitWrites(long more, Duration patience) throws InterruptedException {
        awaitMore(Stats::writes, more, patience, more + " writes");
    }

    /** Waits until the guest has found a page that is not what it wrote. */
    void awaitCorruption(Duration patience) throws InterruptedException {
        await(() -> !corruptions.isEmpty(), patience, "the guest to notice a corrupt page");
    }

    private void awaitMore(ToLongFunction<Stats> count, long more, Duration patience, String what)
            throws InterruptedException {
        long wanted;
        synchronized (monitor) {
            wanted = count.applyAsLong(stats) + more;
        }
        await(() -> count.applyAsLong(stats) >= wanted, patience, what);
    }

    private void await(BooleanSupplier condition, Duration patience, String what) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (monitor) {
            while (!condition.getAsBoolean()) {
                long left = deadline - System.nanoTime();
                if (ended || left <= 0) {
                    throw new AssertionError("waited for " + what + " but "
                            + (ended ? "the guest ended" : "it did not come within " + patience)
                            + "; its console ended with:\n" + String.join("\n", tail));
                }
                TimeUnit.NANOSECONDS.timedWait(monitor, left);
            }
        }
    }

    private void read(InputStream output) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(output, ISO_8859_1))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                take(line, System.nanoTime());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("console of the guest", e);
        } finally {
            synchronized (monitor) {
                ended = true;
                monitor.notifyAll();
            }
        }
    }

    private void take(String line, long arrivalNanos) {
        Matcher heartbeat = HEARTBEAT.matcher(line);
        Matcher counts = STATS.matcher(line);
        synchronized (monitor) {
            if (heartbeat.matches()) {
                heartbeats.add(new Heartbeat(number(heartbeat, 1), number(heartbeat, 2), arrivalNanos));
            } else if (counts.matches()) {
                stats = new Stats(number(counts, 1), number(counts, 2), number(counts, 3), number(counts, 4));
            } else if (line.startsWith("GODWIT CORRUPT")) {
                corruptions.add(line);
            } else if (line.startsWith("GODWIT ready")) {
                ready = true;
            }
            tail.addLast(line);
            if (tail.size() > TAIL_LINES) {
                tail.removeFirst();
            }
            monitor.notifyAll();
        }
    }

    private static long number(Matcher matcher, int group) {
        return Long.parseLong(matcher.group(group));
    }
}
