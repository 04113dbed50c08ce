package io.godwit.checkpoint.local;

import io.godwit.checkpoint.local.CheckpointMemory.Part;
import io.godwit.codec.ZeroPage;
import io.godwit.hash.PageDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Hashes pages of files on all cores. Zero pages have no hash. Each instance hashes once. */
final class PageHasher {
    /** Bytes read at a time: few enough to stay in a core's cache until they are hashed. */
    private static final int PIECE_BYTES = 256 << 10;

    private final IntFunction<FileChannel> files;
    private final List<Part> parts;
    private final int pageSize;
    private final HashSorter sorter;
    private final HashProgress progress;
    /** Guarded by this. */
    private int nextPart;
    /** Bytes of that part that were given out. Guarded by this. */
    private long nextOffset;

    /**
     * @param files the open file of a number
     * @param parts must lie in the files
     */
    PageHasher(
            IntFunction<FileChannel> files, List<Part> parts, int pageSize, HashSorter sorter, HashProgress progress) {
        this.files = files;
        this.parts = parts;
        this.pageSize = pageSize;
        this.sorter = sorter;
        this.progress = progress;
    }

    /**
     * Hashes all parts into the sorter.
     *
     * @throws CheckpointException if a file is shorter than its parts
     */
    void hash() throws IOException, InterruptedException {
        int threads = Runtime.getRuntime().availableProcessors();
        ExecutorService workers = Executors.newFixedThreadPool(threads, PageHasher::newThread);
        try {
            List<Callable<Void>> works = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                works.add(this::work);
            }
            for (Future<Void> done : workers.invokeAll(works)) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            workers.shutdownNow();
        }
    }

    /** What a worker failed with, as its caller throws it. */
    static IOException failure(Throwable cause) {
        return cause instanceof IOException io ? io : new CheckpointException("hashing pages failed: " + cause, cause);
    }

    /** Threads that keep no process alive. */
    static Thread newThread(Runnable body) {
        Thread thread = new Thread(body, "godwit-hash");
        thread.setDaemon(true);
        return thread;
    }

    private Void work() throws IOException {
        Worker worker = new Worker();
        try {
            Part piece = next();
            while (piece != null) {
                worker.hash(piece);
                progress.hashed(piece.length());
                piece = next();
            }
        } catch (IOException | RuntimeException | Error e) {
            giveUp();
            throw e;
        }
        worker.hashes.flush();
        return null;
    }

    /** The next bytes to be hashed; null where there are no more. */
    private synchronized Part next() {
        if (nextPart >= parts.size()) {
            return null;
        }
        Part part = parts.get(nextPart);
        long start = nextOffset;
        long length = Math.min(PIECE_BYTES, part.length() - start);
        nextOffset += length;
        if (nextOffset == part.length()) {
            nextPart++;
            nextOffset = 0;
        }
        return new Part(part.file(), part.position() + start, length);
    }

    /** Nothing more is given out: what fails for one thread fails for all. */
    private synchronized void giveUp() {
        nextPart = parts.size();
    }

    /** What one thread works with. */
    private final class Worker {
        private final HashSorter.Collector hashes = sorter.newCollector();
        private final PageDigest sha256 = new PageDigest();
        private final byte[] hash = new byte[PageDigest.BYTES];
        private final ByteBuffer read = ByteBuffer.allocateDirect(PIECE_BYTES);
        private final byte[] bytes = new byte[PIECE_BYTES];

        private void hash(Part piece) throws IOException {
            int length = (int) piece.length();
            fill(piece);
            read.get(0, bytes, 0, length);
            for (int at = 0; at < length; at += pageSize) {
                if (!ZeroPage.isZero(bytes, at, pageSize)) {
                    sha256.digest(bytes, at, pageSize, hash, 0);
                    hashes.add(hash, 0, IndexFormat.place(piece.file(), piece.position() + at));
                }
            }
        }

        private void fill(Part piece) throws IOException {
            read.clear().limit((int) piece.length());
            while (read.hasRemaining()) {
                if (files.apply(piece.file()).read(read, piece.position() + read.position()) < 0) {
                    throw new CheckpointException(
                            "a file ended while it was hashed: another process cut it short; add memory that nobody"
                                    + " writes");
                }
            }
        }
    }
}
