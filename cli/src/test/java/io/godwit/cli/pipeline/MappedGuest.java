package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.ramdir.MappedBlock;
import io.godwit.ramdir.RamDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A thread that keeps writing a saved memory's first block through a shared mapping, and is paused by commands. */
final class MappedGuest implements AutoCloseable {
    private static final int BURST_WRITES = 20;
    private static final long BURST_NANOS = 1_000_000;

    private final MappedBlock memory;
    private final Path file;
    private final int hotPages;
    private final Path pause;
    private final Path paused;
    private final Path resumed;
    private final Thread thread = new Thread(this::run, "mapped-guest");
    private volatile boolean closed;
    private final AtomicLong writes = new AtomicLong();

    private MappedGuest(Path directory, int hotPages, Path control) throws IOException {
        file = RamDirectory.open(directory).files().get(0);
        memory = MappedBlock.openWritable(file, Files.size(file));
        this.hotPages = hotPages;
        pause = control.resolve("pause");
        paused = control.resolve("paused");
        resumed = control.resolve("resumed");
    }

    /** A guest that writes the first {@code hotPages} pages; commands leave their traces in {@code control}. */
    static MappedGuest start(Path directory, int hotPages, Path control) throws IOException {
        MappedGuest guest = new MappedGuest(directory, hotPages, control);
        guest.thread.setDaemon(true);
        guest.thread.start();
        return guest;
    }

    /** Returns when the guest has stopped. */
    String pauseCommand() {
        return "touch '" + pause + "'; until [ -e '" + paused + "' ]; do sleep 0.01; done";
    }

    String resumeCommand() {
        return "echo resumed >> '" + resumed + "'; rm -f '" + pause + "'";
    }

    Path file() {
        return file;
    }

    void assertStandsStill() {
        assertThat(paused).exists();
        assertThat(resumed).doesNotExist();
    }

    void assertNeverPaused() {
        assertThat(pause).doesNotExist();
        assertThat(resumed).doesNotExist();
        awaitWrites();
    }

    void assertRunsOnAfterItWasResumedOnce() throws IOException {
        assertThat(Files.readAllLines(resumed)).hasSize(1);
        awaitWrites();
    }

    private void awaitWrites() {
        long before = writes.get();
        await().until(() -> writes.get() > before);
    }

    private void run() {
        Random random = new Random(1);
        try {
            while (!closed) {
                if (Files.exists(pause)) {
                    Files.writeString(paused, "");
                    LockSupport.parkNanos(BURST_NANOS);
                } else {
                    Files.deleteIfExists(paused);
                    burst(random);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void burst(Random random) {
        byte[] bytes = new byte[16];
        for (int write = 0; write < BURST_WRITES; write++) {
            random.nextBytes(bytes);
            memory.write(random.nextInt(hotPages) * 4096L + random.nextInt(4080), bytes, 0, bytes.length);
        }
        writes.addAndGet(BURST_WRITES);
        LockSupport.parkNanos(BURST_NANOS);
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        memory.close();
    }
}
