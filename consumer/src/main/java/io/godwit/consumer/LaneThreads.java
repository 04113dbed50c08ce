package io.godwit.consumer;

import java.util.ArrayList;
import java.util.List;

/** The threads that read the lanes of a run. Used by one thread. */
final class LaneThreads implements AutoCloseable {
    private final ReceiveRun run;
    private final List<Thread> threads = new ArrayList<>();

    LaneThreads(ReceiveRun run) {
        this.run = run;
    }

    void add(Thread reader) {
        threads.add(reader);
    }

    /** Stops the run, where it is not over, and returns when nobody reads any more. */
    @Override
    public void close() {
        run.stop();
        boolean interrupted = false;
        for (Thread reader : threads) {
            while (reader.isAlive()) {
                try {
                    reader.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
