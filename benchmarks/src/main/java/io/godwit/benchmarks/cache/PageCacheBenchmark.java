package io.godwit.benchmarks.cache;

import io.godwit.transformer.store.LanePages;
import io.godwit.transformer.store.PageCacheBudget;
import io.godwit.transformer.store.PageCacheStoreBuilder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the page cache costs a 4 KiB page that is sent, in nanoseconds: found and overwritten, found, and neither found nor
 * worth a frame; beside a copy of a page into memory as large. The cache is full, and larger than a processor's.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgs = "-Xmx512m")
public class PageCacheBenchmark {
    private static final int PAGE_BYTES = 4096;
    private static final int SLABS = 256;
    private static final int CACHE_PAGES = SLABS * (PageCacheBudget.SLAB_BYTES / PAGE_BYTES);

    private final byte[] page = new byte[PAGE_BYTES];
    private final byte[][] memory = new byte[SLABS][PageCacheBudget.SLAB_BYTES];
    private LanePages lane;
    private int next;
    private int round = 2;

    @Setup
    public void setUp() {
        PageCacheBudget budget = new PageCacheBudget(SLABS * PageCacheBudget.slabCost(PAGE_BYTES));
        lane = new PageCacheStoreBuilder("page-cache", budget).build().lane("vm", 0);
        for (int sent = 1; sent <= 2; sent++) {
            lane.round(sent);
            for (int index = 0; index < CACHE_PAGES; index++) {
                lane.find(0, index);
                lane.put(0, index, page, 0, PAGE_BYTES);
            }
        }
    }

    @Benchmark
    public boolean findAndOverwrite() {
        int index = nextPage();
        return lane.find(0, index) != LanePages.NONE && lane.put(0, index, page, 0, PAGE_BYTES);
    }

    @Benchmark
    public int find() {
        return lane.find(0, nextPage());
    }

    @Benchmark
    public boolean missAndDecline() {
        int index = CACHE_PAGES + nextPage();
        return lane.find(0, index) != LanePages.NONE || lane.put(0, index, page, 0, PAGE_BYTES);
    }

    @Benchmark
    public byte[] copy() {
        int index = nextPage();
        byte[] slab = memory[index % SLABS];
        System.arraycopy(page, 0, slab, index / SLABS * PAGE_BYTES, PAGE_BYTES);
        return slab;
    }

    /** As a guest sends them: in order, round after round. */
    private int nextPage() {
        next++;
        if (next == CACHE_PAGES) {
            next = 0;
            lane.round(++round);
        }
        return next;
    }
}
