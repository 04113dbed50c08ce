package io.godwit.consumer;

import io.godwit.consumer.apply.LaneBarrier.Outcome;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** One run of a receiver: how it ends, for all its threads to see. The first end counts. Any thread may call it. */
final class ReceiveRun {
    /** How a run ends. */
    enum End {
        COMPLETED("completed"),
        CLONED("cloned"),
        AT_ROUND("stopped"),
        STOPPED("interrupted"),
        FAILED("failed");

        private final String status;

        End(String status) {
            this.status = status;
        }

        /** The report's word for it. */
        String status() {
            return status;
        }
    }

    private static final long NOT_BEGUN = 0;

    /** @param failure null where it did not fail */
    private record Result(End end, ReceiveException failure) {}

    private final AtomicReference<Result> result = new AtomicReference<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicLong firstRecordNanos = new AtomicLong(NOT_BEGUN);
    private final List<Runnable> wakers = new CopyOnWriteArrayList<>();

    /** Registers what gets a thread out of a blocking call once the run is over. */
    void onEnd(Runnable waker) {
        wakers.add(waker);
        if (isOver()) {
            waker.run();
        }
    }

    /** A record was read. */
    void recordRead() {
        if (firstRecordNanos.get() == NOT_BEGUN) {
            firstRecordNanos.compareAndSet(NOT_BEGUN, System.nanoTime() | 1);
        }
    }

    /** Whether a record was read. */
    boolean hasBegun() {
        return firstRecordNanos.get() != NOT_BEGUN;
    }

    /** Milliseconds since the first record was read; 0 before. */
    long elapsedMillis() {
        long first = firstRecordNanos.get();
        return first == NOT_BEGUN ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - first);
    }

    /** Ends the run where the lanes have reached what they were read for. */
    void check(Outcome outcome) {
        switch (outcome) {
            case ENDED -> end(new Result(End.COMPLETED, null));
            case AT_ROUND -> end(new Result(End.AT_ROUND, null));
            case OPEN -> {}
        }
    }

    /** Ends the run because it was asked for. */
    void stop() {
        end(new Result(End.STOPPED, null));
    }

    /** Ends the run. */
    void fail(ReceiveException cause) {
        end(new Result(End.FAILED, cause));
    }

    boolean isOver() {
        return result.get() != null;
    }

    /** Waits for the end. Returns whether it came within {@code millis}. */
    boolean await(long millis) throws InterruptedException {
        return over.await(millis, TimeUnit.MILLISECONDS);
    }

    /**
     * How the run ended.
     *
     * @throws ReceiveException if it failed
     * @throws IllegalStateException if it has not ended
     */
    End result() throws ReceiveException {
        Result how = result.get();
        if (how == null) {
            throw new IllegalStateException("the run has not ended");
        }
        if (how.failure() != null) {
            throw how.failure();
        }
        return how.end();
    }

    private void end(Result how) {
        if (result.compareAndSet(null, how)) {
            over.countDown();
            wakers.forEach(Runnable::run);
        }
    }
}
