package io.godwit.producer;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that looks into the directory while an attempt is sent, and stops it once it no longer counts, or
 * somebody asks for that.
 */
final class AttemptWatch {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptWatch.class);
    private static final long PERIOD_MILLIS = 1000;

    private final Attempt attempt;
    private final SendMonitor monitor;
    private final CountDownLatch closed = new CountDownLatch(1);

    private AttemptWatch(Attempt attempt, SendMonitor monitor) {
        this.attempt = attempt;
        this.monitor = monitor;
    }

    /** Watches {@code attempt} until the watch is closed. */
    static AttemptWatch start(Attempt attempt, SendMonitor monitor) {
        AttemptWatch watch = new AttemptWatch(attempt, monitor);
        Thread thread = new Thread(watch::run, "godwit-attempt-watch");
        thread.setDaemon(true);
        thread.start();
        return watch;
    }

    /** Ends the watch; does not wait for a look that is under way, which harms nobody. */
    void close() {
        closed.countDown();
    }

    private void run() {
        try {
            while (!closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            if (attempt.check().handover().cancelled()) {
                monitor.stop();
            }
        } catch (SourceException e) {
            monitor.refuse(e);
        } catch (KafkaException | IllegalStateException e) {
            // Kafka out of reach is for the pipeline to notice; the directory is closed once the attempt is over.
            LOG.debug("No look into the directory", e);
        }
    }
}
