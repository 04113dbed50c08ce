package io.godwit.producer.source;

import io.godwit.producer.precopy.DirtyBitmap;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads all of a directory's memory, by several threads, and marks the pages that are not as they were sent.
 *
 * <p>Threads take one word of a dirty bitmap at a time, 64 pages: large enough for a read to run at memory speed, small
 * enough to stay in a core's cache until it is hashed. Two cores look through 13 GB/s of shared memory so, and through 18 when
 * it is mapped; {@link BlockFiles} says why it is not.
 */
final class ChangeScan implements AutoCloseable {
    private final BlockFiles files;
    private final SentContents sent;
    private final List<DirtyBitmap> dirty;
    private final ExecutorService threads;
    private final List<Worker> workers = new ArrayList<>();
    /** The word that is looked through next: those of all blocks are counted through, in the manifest's order. */
    private final AtomicLong nextWord = new AtomicLong();

    ChangeScan(BlockFiles files, SentContents sent, List<DirtyBitmap> dirty, int threadCount) {
        this.files = files;
        this.sent = sent;
        this.dirty = dirty;
        threads = Executors.newFixedThreadPool(threadCount, work -> {
            Thread thread = new Thread(work, "godwit-scan");
            thread.setDaemon(true);
            return thread;
        });
        for (int worker = 0; worker < threadCount; worker++) {
            workers.add(new Worker());
        }
    }

    /**
     * Marks every page that differs from what was sent. When interrupted, or when a file fails, the files may be closed.
     *
     * @throws IOException if a file cannot be read
     */
    void run() throws IOException, InterruptedException {
        nextWord.set(0);
        for (Future<Void> worker : threads.invokeAll(workers)) {
            try {
                worker.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof IOException cause) {
                    throw cause;
                }
                throw new IllegalStateException("the memory could not be looked through", e.getCause());
            }
        }
        // Workers that are done at once are not waited for, and an interrupt not noticed.
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while memory was looked through");
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** One thread's share, and its buffer. */
    private final class Worker implements Callable<Void> {
        private final Manifest manifest = files.manifest();
        private final byte[] bytes = new byte[DirtyBitmap.WORD_PAGES * manifest.pageSize()];

        @Override
        public Void call() throws IOException, InterruptedException {
            long word = nextWord.getAndIncrement();
            long wordsBefore = 0;
            for (int block = 0; block < dirty.size(); block++) {
                int words = dirty.get(block).words();
                while (word < wordsBefore + words) {
                    scan(block, (int) (word - wordsBefore) * DirtyBitmap.WORD_PAGES);
                    word = nextWord.getAndIncrement();
                }
                wordsBefore += words;
            }
            return null;
        }

        private void scan(int block, int first) throws IOException, InterruptedException {
            int pageSize = manifest.pageSize();
            int count = Math.min(DirtyBitmap.WORD_PAGES, manifest.pages(block) - first);
            files.read(block, (long) first * pageSize, ByteBuffer.wrap(bytes, 0, count * pageSize));
            for (int page = 0; page < count; page++) {
                if (!sent.isSent(block, first + page, bytes, page * pageSize)) {
                    dirty.get(block).mark(first + page);
                }
            }
        }
    }
}
