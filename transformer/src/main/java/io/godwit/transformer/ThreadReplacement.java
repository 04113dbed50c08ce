package io.godwit.transformer;

import io.godwit.client.ClusterRefusal;
import io.godwit.topic.Topics;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces stream threads that died, so many a minute; then gives up: a failure that comes back at once is not cured by
 * trying again, nor is one of a cluster that refuses a thread. The thread that reads checkpoints cannot be replaced. Called by
 * dying threads.
 */
final class ThreadReplacement implements StreamsUncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadReplacement.class);
    private static final long WINDOW_MS = 60_000;
    /** How Kafka Streams names the thread of global stores, after the client. */
    private static final String GLOBAL_THREAD = "-GlobalStreamThread";

    private final String group;
    private final int maxPerMinute;
    private final Clock clock;
    private final Deque<Long> deathsMs = new ArrayDeque<>();
    private final AtomicReference<TransformException> fatal = new AtomicReference<>();

    /** @param group of the threads */
    ThreadReplacement(String group, int maxPerMinute, Clock clock) {
        this.group = group;
        this.maxPerMinute = maxPerMinute;
        this.clock = clock;
    }

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable exception) {
        Optional<String> refusal = ClusterRefusal.reason(exception, group);
        if (refusal.isPresent()) {
            // Another thread would be refused, too. The message says it all; the stack is for those who look inside.
            LOG.info("a stream thread was refused", exception);
            return giveUp(new TransformException("transformer gave up: the cluster " + refusal.get(), exception));
        }
        if (Thread.currentThread().getName().endsWith(GLOBAL_THREAD)) {
            LOG.error("the thread that reads checkpoints died", exception);
            String reason = "it cannot read " + Topics.CHECKPOINTS + " any more: " + exception.getMessage();
            return giveUp(new TransformException("transformer gave up: " + reason + "; start it again", exception));
        }
        long now = clock.millis();
        while (!deathsMs.isEmpty() && deathsMs.peekFirst() <= now - WINDOW_MS) {
            deathsMs.removeFirst();
        }
        deathsMs.addLast(now);
        if (deathsMs.size() <= maxPerMinute) {
            LOG.warn("a stream thread died and is replaced", exception);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        LOG.error("a stream thread died and is not replaced", exception);
        return giveUp(new TransformException(
                "transformer gave up: its threads keep dying of " + exception.getMessage(), exception));
    }

    private StreamThreadExceptionResponse giveUp(TransformException reason) {
        fatal.compareAndSet(null, reason);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /** Why it gave up, or null. */
    TransformException fatal() {
        return fatal.get();
    }
}
