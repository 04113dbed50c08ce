package io.godwit.cli;

import io.godwit.cli.log.LogContext;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Stops a command when the process is told to end (SIGINT, SIGTERM), and holds the process until the command has cleaned up
 * and printed its result, for a bounded time. The JVM then exits with 130 or 143, as shells expect of it.
 *
 * <p>Until a command says how it is stopped, its thread is interrupted.
 */
final class StopSignal implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stopAndWait, "stop-signal");
    private Runnable stop;
    private boolean received;

    private StopSignal(Thread command) {
        stop = command::interrupt;
    }

    /** From now until it is closed, a signal to end the process stops the command that the calling thread runs. */
    static StopSignal install() {
        StopSignal signal = new StopSignal(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    /**
     * From now on, a signal is answered with {@code newStop}; at once where it has come already.
     *
     * @param newStop makes the command return soon; called on another thread
     */
    synchronized void stopWith(Runnable newStop) {
        stop = LogContext.carried(newStop);
        if (received) {
            newStop.run();
        }
    }

    /** The command is done, and has said what it had to say: lets the process go. */
    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: the hook runs already, and finds the command done.
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
}
