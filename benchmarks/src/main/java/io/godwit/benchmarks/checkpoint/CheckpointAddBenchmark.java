package io.godwit.benchmarks.checkpoint;

import io.godwit.checkpoint.local.CheckpointDirectory;
import io.godwit.checkpoint.local.CheckpointMemory;
import io.godwit.checkpoint.local.HashProgress;
import io.godwit.checkpoint.local.LocalPages;
import io.godwit.files.TemporaryDirectory;
import io.godwit.hash.PageDigest;
import io.godwit.record.CheckpointEntry;
import io.godwit.record.Manifest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Adds the same memory as a checkpoint several times, and hashes pages in memory with as many threads meanwhile in turn. The
 * memory is random: no page is zero, none comes twice.
 *
 * <pre>CheckpointAddBenchmark [MEBIBYTES [ROUNDS]]</pre>
 */
public final class CheckpointAddBenchmark {
    private static final int PAGE_SIZE = Manifest.DEFAULT_PAGE_SIZE;
    private static final int DIGEST_PAGES = 64;
    private static final int MAX_LOOKUPS = 200_000;
    private static final double GIGA = 1e9;

    private final int threads = Runtime.getRuntime().availableProcessors();
    private final long bytes;

    private CheckpointAddBenchmark(long bytes) {
        this.bytes = bytes;
    }

    public static void main(String[] args) throws Exception {
        int mebibytes = args.length > 0 ? Integer.parseInt(args[0]) : 1024;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        try (TemporaryDirectory directory = TemporaryDirectory.create("godwit-checkpoint")) {
            new CheckpointAddBenchmark((long) mebibytes << 20).run(directory.path(), rounds);
        }
    }

    private void run(Path directory, int rounds) throws Exception {
        Path memory = writeMemory(directory.resolve("memory"));
        System.out.printf(
                Locale.ROOT,
                "%d MiB of random pages, %d threads; GB/s a core. add: read, hashed, sorted, written, forced to disk.%n%n",
                bytes >> 20,
                threads);
        System.out.println("| round | SHA-256 of pages alone | checkpoint add | of it |");
        System.out.println("|---|---|---|---|");
        // The first warms the compiler up.
        for (int round = 0; round <= rounds; round++) {
            double alone = digestAlone();
            double add = add(directory.resolve("checkpoints"), memory);
            if (round > 0) {
                System.out.printf(
                        Locale.ROOT, "| %d | %.2f | %.2f | %.0f %% |%n", round, alone, add, 100 * add / alone);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%nA page that is there is found, read and verified in %.2f us; one that is not is looked up in %.2f us.%n",
                lookUp(directory, true),
                lookUp(directory, false));
    }

    private Path writeMemory(Path directory) throws IOException {
        Files.createDirectories(directory);
        SplittableRandom random = new SplittableRandom(42);
        byte[] page = new byte[PAGE_SIZE];
        try (OutputStream file =
                new BufferedOutputStream(Files.newOutputStream(directory.resolve("pc.ram")), 1 << 20)) {
            for (long at = 0; at < bytes; at += PAGE_SIZE) {
                random.nextBytes(page);
                file.write(page);
            }
        }
        return directory;
    }

    private double add(Path path, Path memory) throws IOException, InterruptedException {
        CheckpointDirectory directory = CheckpointDirectory.open(path);
        directory.remove("bench");
        long start = System.nanoTime();
        directory.add(
                "bench", CheckpointMemory.ofRamDirectory(memory, CheckpointMemory.RAM_DIRECTORY), new HashProgress());
        return perCore(System.nanoTime() - start);
    }

    /** All threads hash pages that stay in their caches. */
    private double digestAlone() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Void>> works = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                works.add(() -> digest(bytes / threads));
            }
            long start = System.nanoTime();
            for (Future<Void> work : workers.invokeAll(works)) {
                work.get();
            }
            return perCore(System.nanoTime() - start);
        } finally {
            workers.shutdown();
        }
    }

    private static Void digest(long count) {
        byte[] pages = new byte[DIGEST_PAGES * PAGE_SIZE];
        new SplittableRandom(count).nextBytes(pages);
        byte[] hash = new byte[PageDigest.BYTES];
        PageDigest sha256 = new PageDigest();
        for (long done = 0; done < count; done += PAGE_SIZE) {
            sha256.digest(pages, (int) (done % pages.length), PAGE_SIZE, hash, 0);
        }
        return null;
    }

    private double perCore(long nanos) {
        return bytes / GIGA / (nanos / GIGA) / threads;
    }

    /** Microseconds a page, of those that are there or of those that are not. */
    private static double lookUp(Path directory, boolean isThere) throws IOException, InterruptedException {
        CheckpointDirectory checkpoints = CheckpointDirectory.open(directory.resolve("checkpoints"));
        CheckpointEntry entry = checkpoints.list().get(0);
        int lookups = (int) Math.min(MAX_LOOKUPS, entry.hashes());
        byte[] hashes = new byte[lookups * PageDigest.BYTES];
        SplittableRandom random = new SplittableRandom(7);
        if (isThere) {
            PageDigest sha256 = new PageDigest();
            SplittableRandom memory = new SplittableRandom(42);
            byte[] page = new byte[PAGE_SIZE];
            for (int lookup = 0; lookup < lookups; lookup++) {
                memory.nextBytes(page);
                sha256.digest(page, 0, PAGE_SIZE, hashes, lookup * PageDigest.BYTES);
            }
        } else {
            random.nextBytes(hashes);
        }
        byte[] output = new byte[PAGE_SIZE];
        long nanos = 0;
        try (LocalPages pages = checkpoints.pages(List.of(entry.checkpoint()), PAGE_SIZE)) {
            for (int round = 0; round < 3; round++) {
                long start = System.nanoTime();
                for (int lookup = 0; lookup < lookups; lookup++) {
                    int at = random.nextInt(lookups) * PageDigest.BYTES;
                    pages.read(hashes, at, output, 0, PAGE_SIZE);
                }
                nanos = System.nanoTime() - start;
            }
        }
        return nanos / 1e3 / lookups;
    }
}
