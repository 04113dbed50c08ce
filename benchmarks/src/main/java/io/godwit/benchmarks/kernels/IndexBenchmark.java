package io.godwit.benchmarks.kernels;

import io.godwit.benchmarks.checkpoint.MadeUpCheckpoint;
import io.godwit.hash.PageDigest;
import io.godwit.transformer.checkpoint.CheckpointIndexStore;
import io.godwit.transformer.checkpoint.CheckpointIndexStoreBuilder;
import io.godwit.transformer.checkpoint.IndexedCheckpoint;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * A lookup in the index of checkpoints, of pages that it holds and of others, beside the SHA-256 that comes before it. Lookups
 * go all over the index, as those of real pages do: at 16 million pages it is larger than the processor's caches.
 */
@OperationsPerInvocation(KernelBenchmark.PAGE_BYTES)
@Fork(value = 3, jvmArgs = "-Xmx768m")
public class IndexBenchmark extends KernelBenchmark {
    private static final int LOOKUPS = 1 << 16;

    @Param({"1000000", "16000000"})
    public int pages;

    private final byte[] known = new byte[LOOKUPS * PageDigest.BYTES];
    private final byte[] unknown = new byte[LOOKUPS * PageDigest.BYTES];
    private final byte[] memory = new byte[PAGES * PAGE_BYTES];
    private final byte[] digests = new byte[PageDigest.BYTES];
    private final PageDigest digest = new PageDigest();
    private IndexedCheckpoint checkpoint;
    private int next;

    /** Indexes a checkpoint and keeps some of its hashes, in a random order. */
    @Setup
    public void index() {
        CheckpointIndexStore store = new CheckpointIndexStoreBuilder("index", Long.MAX_VALUE).build();
        SplittableRandom random = new SplittableRandom(1);
        random.nextBytes(unknown);
        random.nextBytes(memory);
        new MadeUpCheckpoint(pages).forEach(chunk -> {
            store.put(chunk);
            int count = chunk.hashes().length / PageDigest.BYTES;
            int kept = LOOKUPS / chunk.chunks() + 1;
            for (int hash = 0; hash < kept; hash++) {
                int from = random.nextInt(count) * PageDigest.BYTES;
                int to = random.nextInt(LOOKUPS) * PageDigest.BYTES;
                System.arraycopy(chunk.hashes(), from, known, to, PageDigest.BYTES);
            }
        });
        checkpoint = store.find(MadeUpCheckpoint.ID);
        fillGaps(random);
    }

    /** Where no hash was put, one that was. */
    private void fillGaps(SplittableRandom random) {
        for (int to = 0; to < known.length; to += PageDigest.BYTES) {
            while (!checkpoint.contains(known, to)) {
                System.arraycopy(known, random.nextInt(LOOKUPS) * PageDigest.BYTES, known, to, PageDigest.BYTES);
            }
        }
    }

    @Benchmark
    public boolean hit() {
        return checkpoint.contains(known, nextLookup());
    }

    @Benchmark
    public boolean miss() {
        return checkpoint.contains(unknown, nextLookup());
    }

    @Benchmark
    public byte[] sha256() {
        digest.digest(memory, nextPage() * PAGE_BYTES, PAGE_BYTES, digests, 0);
        return digests;
    }

    private int nextLookup() {
        return (next++ & (LOOKUPS - 1)) * PageDigest.BYTES;
    }
}
