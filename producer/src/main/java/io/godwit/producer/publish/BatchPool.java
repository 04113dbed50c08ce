package io.godwit.producer.publish;

import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.record.PageBatch;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** The batches of a pipeline: as many as its share of memory holds, and who wants one more waits. Any thread may call it. */
final class BatchPool {
    /** Page bytes a batch, unless a single page has more. */
    static final int BATCH_BYTES = PageBatch.DEFAULT_PAGES * 4096;

    private static final int MIN_BATCHES = 4;
    private static final long CHECK_MILLIS = 50;

    private final BlockingQueue<OpenBatch> free;
    private final int size;
    private final int batchBytes;
    private final InFlight inFlight;

    /**
     * @param bytes memory for the batches' pages
     * @param inFlight tells when waiting is in vain
     */
    BatchPool(int pageSize, int bytes, InFlight inFlight) {
        int pages = Math.min(PageBatch.DEFAULT_PAGES, Math.max(1, BATCH_BYTES / pageSize));
        batchBytes = pages * pageSize;
        size = Math.max(MIN_BATCHES, bytes / batchBytes);
        free = new ArrayBlockingQueue<>(size);
        for (int batch = 0; batch < size; batch++) {
            free.add(new OpenBatch(pageSize, pages));
        }
        this.inFlight = inFlight;
    }

    /** Batches of the pool. */
    int size() {
        return size;
    }

    /** Most bytes of pages a batch. */
    int batchBytes() {
        return batchBytes;
    }

    /** Takes a batch; waits until there is one. */
    OpenBatch take() throws SinkClosedException, InterruptedException {
        OpenBatch batch = free.poll();
        while (batch == null) {
            inFlight.checkOpen();
            batch = free.poll(CHECK_MILLIS, TimeUnit.MILLISECONDS);
        }
        return batch;
    }

    /** Gives a batch back. */
    void release(OpenBatch batch) {
        free.add(batch);
    }
}
