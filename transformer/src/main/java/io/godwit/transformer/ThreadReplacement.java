package io.godwit.transformer;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces stream threads that died, so many a minute; then gives up: a failure that comes back at once is not cured by
 * trying again. Called by dying threads.
 */
final class ThreadReplacement implements StreamsUncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadReplacement.class);
    private static final long WINDOW_MS = 60_000;

    private final int maxPerMinute;
    private final Clock clock;
    private final Deque<Long> deathsMs = new ArrayDeque<>();
    private final AtomicReference<Throwable> fatal = new AtomicReference<>();

    ThreadReplacement(int maxPerMinute, Clock clock) {
        this.maxPerMinute = maxPerMinute;
        this.clock = clock;
    }

    @Override
    public synchronized StreamThreadExceptionResponse handle(Throwable exception) {
        long now = clock.millis();
        while (!deathsMs.isEmpty() && deathsMs.peekFirst() <= now - WINDOW_MS) {
            deathsMs.removeFirst();
        }
        deathsMs.addLast(now);
        if (deathsMs.size() <= maxPerMinute) {
            LOG.warn("a stream thread died and is replaced", exception);
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        fatal.compareAndSet(null, exception);
        LOG.error("{} stream threads died within a minute: giving up", deathsMs.size(), exception);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /** What made it give up, or null. */
    Throwable fatal() {
        return fatal.get();
    }
}
