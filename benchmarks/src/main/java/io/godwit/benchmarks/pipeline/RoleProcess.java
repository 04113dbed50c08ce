package io.godwit.benchmarks.pipeline;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A role in a process of its own, with its output and its CPU time. */
public final class RoleProcess implements AutoCloseable {
    private final String name;
    private final Process process;
    private final CpuMeter cpu;
    private final Pattern ready;
    private final CompletableFuture<Matcher> readyLine = new CompletableFuture<>();
    private final StringBuilder output = new StringBuilder();
    private final StringBuilder errors = new StringBuilder();
    private final List<Thread> readers;
    private volatile boolean closed;

    /**
     * Starts a process.
     *
     * @param ready found in the line, on standard output or standard error, by which the process says that it can be used
     */
    public RoleProcess(String name, List<String> command, Pattern ready) throws IOException {
        this.name = name;
        this.ready = ready;
        process = new ProcessBuilder(command).start();
        cpu = CpuMeter.ofProcess(process.pid());
        readers = List.of(
                new Thread(() -> read(process.inputReader(StandardCharsets.UTF_8), output), name + "-output"),
                new Thread(() -> read(process.errorReader(StandardCharsets.UTF_8), errors), name + "-errors"));
        readers.forEach(reader -> {
            reader.setDaemon(true);
            reader.start();
        });
    }

    /** CPU seconds so far. */
    public double cpuSeconds() {
        return cpu.seconds();
    }

    /** Waits for the line that says ready. */
    public Matcher awaitReady(Duration limit) throws InterruptedException {
        try {
            return readyLine.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IllegalStateException(name + " was not ready within " + limit.toSeconds() + " s: " + said(), e);
        }
    }

    /** Waits for the end and returns standard output; fails if the process did. */
    public String awaitEnd(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException(name + " did not end within " + limit.toSeconds() + " s: " + said());
        }
        for (Thread reader : readers) {
            reader.join();
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException(name + " ended with exit code " + process.exitValue() + ": " + said());
        }
        return text(output);
    }

    @Override
    public void close() {
        closed = true;
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        cpu.close();
    }

    private String said() {
        return text(output) + text(errors);
    }

    private static String text(StringBuilder from) {
        synchronized (from) {
            return from.toString();
        }
    }

    private void read(BufferedReader lines, StringBuilder into) {
        try (lines) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (into) {
                    into.append(line).append('\n');
                }
                Matcher matcher = ready.matcher(line);
                if (matcher.find()) {
                    readyLine.complete(matcher);
                }
            }
        } catch (IOException e) {
            // What is destroyed has its output closed under the reader's hands.
            if (!closed) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
