package io.godwit.producer.source.qemu;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks QEMU about its migration without ever waiting for it for long: while QEMU writes its last pages it answers nobody, and
 * whoever waits for it then must not be the one who reads them.
 *
 * <p>One thread asks.
 */
final class MigrationQueries implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MigrationQueries.class);
    private static final long PATIENCE_MILLIS = 200;

    private final SourceQemu qemu;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread daemon = new Thread(work, "godwit-qemu-queries");
        daemon.setDaemon(true);
        return daemon;
    });
    private Future<MigrationInfo> asked;

    MigrationQueries(SourceQemu qemu) {
        this.qemu = qemu;
    }

    /** How the migration stands now; empty where QEMU does not say so soon. */
    Optional<MigrationInfo> now() throws InterruptedException {
        if (asked != null && asked.isDone()) {
            asked = null;
        }
        if (asked == null) {
            if (thread.isShutdown()) {
                return Optional.empty();
            }
            asked = thread.submit(qemu::migration);
        }
        try {
            MigrationInfo answer = asked.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            asked = null;
            return Optional.of(answer);
        } catch (TimeoutException e) {
            // The answer, when it comes, is out of date: the next call asks anew.
            return Optional.empty();
        } catch (ExecutionException e) {
            LOG.debug("No answer from QEMU", e.getCause());
            asked = null;
            return Optional.empty();
        }
    }

    /** Something to tell QEMU. */
    interface Word {
        void tell() throws IOException;
    }

    /** Tells QEMU something, after what is being asked; any thread. */
    void run(Word word) {
        try {
            thread.execute(() -> {
                try {
                    word.tell();
                } catch (IOException e) {
                    LOG.debug("QEMU could not be told", e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("too late to tell QEMU", e);
        }
    }

    @Override
    public void close() {
        // Not interrupted: an interrupt in a write would close the monitor's session.
        thread.shutdown();
    }
}
