package io.godwit.benchmarks.kernels;

import io.godwit.codec.FillPage;
import io.godwit.codec.ZeroPage;
import io.godwit.hash.PageDigest;
import io.godwit.hash.PageHash;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** What every page goes through: zero and fill test of pages that pass it, page hash, SHA-256. */
@OperationsPerInvocation(KernelBenchmark.PAGE_BYTES)
public class PageBenchmark extends KernelBenchmark {
    private static final long SEED = 42;

    private final byte[] zeros = new byte[PAGES * PAGE_BYTES];
    private final ByteBuffer mappedZeros = ByteBuffer.allocateDirect(PAGES * PAGE_BYTES);
    private final byte[] memory = new byte[PAGES * PAGE_BYTES];
    private final byte[] out = new byte[PAGE_BYTES];
    private final PageDigest digest = new PageDigest();

    public PageBenchmark() {
        new SplittableRandom(SEED).nextBytes(memory);
    }

    @Benchmark
    public boolean zeroTest() {
        return ZeroPage.isZero(zeros, nextPage() * PAGE_BYTES, PAGE_BYTES);
    }

    @Benchmark
    public boolean zeroTestMapped() {
        return ZeroPage.isZero(mappedZeros, nextPage() * PAGE_BYTES, PAGE_BYTES);
    }

    @Benchmark
    public boolean fillTest() {
        return FillPage.isFill(zeros, nextPage() * PAGE_BYTES, PAGE_BYTES);
    }

    @Benchmark
    public long pageHash() {
        int page = nextPage();
        return PageHash.ofNonZero(memory, page * PAGE_BYTES, PAGE_BYTES, 0, page);
    }

    @Benchmark
    public byte[] sha256() {
        digest.digest(memory, nextPage() * PAGE_BYTES, PAGE_BYTES, out, 0);
        return out;
    }

    @Benchmark
    public byte[] copy() {
        System.arraycopy(memory, nextPage() * PAGE_BYTES, out, 0, PAGE_BYTES);
        return out;
    }
}
