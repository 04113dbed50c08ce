package io.godwit.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Stops a command when the process is told to end (SIGINT, SIGTERM), and holds the process until the command has cleaned up
 * and printed its result, for a bounded time. The JVM then exits with 130 or 143, as shells expect of it.
 */
final class StopSignal {
    private static final long PATIENCE_SECONDS = 30;

    private StopSignal() {}

    /**
     * Does {@code work}; meanwhile, a signal to end the process runs {@code stop}.
     *
     * @param stop makes {@code work} return soon; called on a thread of its own, at most once
     */
    static <T> T during(Callable<T> work, Runnable stop) throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        Thread hook = new Thread(() -> stopAndWait(stop, done), "stop-signal");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return work.call();
        } finally {
            done.countDown();
            remove(hook);
        }
    }

    private static void stopAndWait(Runnable stop, CountDownLatch done) {
        try {
            if (done.getCount() > 0) {
                stop.run();
                done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: the hook runs already, and finds the work done.
        }
    }
}
