package io.godwit.producer.publish;

import io.godwit.producer.precopy.SinkClosedException;

/**
 * The records that were passed to the pipeline and are not yet stored, and whether it goes on at all. Any thread may call
 * it.
 */
final class InFlight {
    private long records;
    private Throwable failure;

    /** One more record is on its way. */
    synchronized void add() throws SinkClosedException {
        checkOpen();
        records++;
    }

    /** A record is stored. */
    synchronized void stored() {
        records--;
        if (records == 0) {
            notifyAll();
        }
    }

    /** The pipeline is closed, for a reason. The first one counts. */
    synchronized void close(Throwable reason) {
        if (failure == null) {
            failure = reason;
            notifyAll();
        }
    }

    /** Why the pipeline was closed; null while it is open. */
    synchronized Throwable failure() {
        return failure;
    }

    synchronized void checkOpen() throws SinkClosedException {
        if (failure != null) {
            throw new SinkClosedException("the pipeline was closed: " + failure.getMessage());
        }
    }

    /** Waits until every record is stored. */
    synchronized void awaitStored() throws SinkClosedException, InterruptedException {
        while (records > 0 && failure == null) {
            wait();
        }
        checkOpen();
    }
}
