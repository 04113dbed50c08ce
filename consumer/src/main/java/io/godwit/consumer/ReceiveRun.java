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

    private final AtomicReference<End> end = new AtomicReference<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicReference<ReceiveException> failure = new AtomicReference<>();
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
            case ENDED -> end(End.COMPLETED);
            case AT_ROUND -> end(End.AT_ROUND);
            case OPEN -> {}
        }
    }

    /** Ends the run because it was asked for. */
    void stop() {
        end(End.STOPPED);
    }

    /** Ends the run; of several failures the first one is told. */
    void fail(ReceiveException cause) {
        failure.compareAndSet(null, cause);
        end(End.FAILED);
    }

    boolean isOver() {
        return end.get() != null;
    }

    /** Waits for the end. Returns whether it came within {@code millis}. */
    boolean await(long millis) throws InterruptedException {
        return over.await(millis, TimeUnit.MILLISECONDS);
    }

    /** How the run ended, once it has: a failure outweighs what was reached before. */
    End result() throws ReceiveException {
        ReceiveException cause = failure.get();
        if (cause != null) {
            throw cause;
        }
        return end.get();
    }

    private void end(End how) {
        if (end.compareAndSet(null, how)) {
            over.countDown();
            wakers.forEach(Runnable::run);
        }
    }
}
