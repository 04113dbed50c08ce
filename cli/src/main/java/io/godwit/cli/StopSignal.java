package io.godwit.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Stops a command when the process is told to end (SIGINT, SIGTERM), and holds the process until the command has cleaned up
 * and printed its result, for a bounded time. The JVM then exits with 130 or 143, as shells expect of it.
 *
 * <p>Until a command says how it is stopped, its thread is interrupted.
 */
final class StopSignal {
    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch done = new CountDownLatch(1);
    private Runnable stop = Thread.currentThread()::interrupt;
    private boolean received;

    private StopSignal() {}

    /** What a signal stops. */
    interface Work<T> {
        T run(StopSignal signal) throws Exception;
    }

    /** Does {@code work}; meanwhile, a signal to end the process stops it. */
    static <T> T during(Work<T> work) throws Exception {
        StopSignal signal = new StopSignal();
        Thread hook = new Thread(signal::stopAndWait, "stop-signal");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return work.run(signal);
        } finally {
            signal.done.countDown();
            remove(hook);
        }
    }

    /**
     * From now on, a signal is answered with {@code newStop}; at once where it has come already.
     *
     * @param newStop makes the work return soon; called on another thread
     */
    synchronized void stopWith(Runnable newStop) {
        stop = newStop;
        if (received) {
            newStop.run();
        }
    }

    private synchronized void receive() {
        received = true;
        stop.run();
    }

    private void stopAndWait() {
        try {
            if (done.getCount() > 0) {
                receive();
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
