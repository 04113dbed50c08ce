package io.godwit.benchmarks.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * CPU time of a process or of one of its threads, user and system, from {@code /proc/PID/stat}. One that ends is read until its last moment: a
 * sample every {@value #SAMPLE_MS} ms, so at most that much is missed.
 */
public final class CpuMeter implements AutoCloseable {
    private static final int SAMPLE_MS = 10;
    /** Fields 14 and 15 of proc(5), counted from field 3, the first after the command's closing parenthesis. */
    private static final int UTIME = 11;

    private static final int STIME = 12;
    /** {@code USER_HZ}: 100 on every Linux that runs a JVM. */
    private static final double TICKS_PER_SECOND = 100;

    private final Path stat;
    private final Thread sampler;
    private volatile double lastSeconds;
    private volatile boolean closed;

    private CpuMeter(Path stat) {
        this.stat = stat;
        sampler = new Thread(this::sample, "cpu-meter");
        sampler.setDaemon(true);
        sampler.start();
    }

    /** Measures a process with all its threads. */
    public static CpuMeter ofProcess(long pid) {
        return new CpuMeter(Path.of("/proc/" + pid + "/stat"));
    }

    /** Measures one thread of a process. */
    public static CpuMeter ofThread(long pid, long thread) {
        return new CpuMeter(Path.of("/proc/" + pid + "/task/" + thread + "/stat"));
    }

    /** CPU seconds so far, or up to the process's end. */
    public double seconds() {
        read();
        return lastSeconds;
    }

    @Override
    public void close() {
        closed = true;
    }

    private void sample() {
        while (!closed && read()) {
            try {
                TimeUnit.MILLISECONDS.sleep(SAMPLE_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private boolean read() {
        try {
            String line = Files.readString(stat);
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            lastSeconds = (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) / TICKS_PER_SECOND;
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
