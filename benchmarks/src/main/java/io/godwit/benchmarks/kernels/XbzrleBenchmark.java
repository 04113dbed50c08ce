package io.godwit.benchmarks.kernels;

import io.godwit.codec.MalformedDeltaException;
import io.godwit.codec.Xbzrle;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** XBZRLE of 4 KiB pages in four patterns of change. */
@OperationsPerInvocation(KernelBenchmark.PAGE_BYTES)
public class XbzrleBenchmark extends KernelBenchmark {
    private static final long SEED = 42;

    @Param
    DeltaPattern pattern;

    private final byte[][] bases = new byte[PAGES][PAGE_BYTES];
    private final byte[][] pages = new byte[PAGES][];
    private final byte[][] deltas = new byte[PAGES][PAGE_BYTES];
    private final int[] deltaLengths = new int[PAGES];
    private final byte[] out = new byte[PAGE_BYTES];

    @Setup
    public void setUp() {
        RandomGenerator random = new SplittableRandom(SEED);
        for (int page = 0; page < PAGES; page++) {
            random.nextBytes(bases[page]);
            pages[page] = bases[page].clone();
            pattern.change(pages[page], random);
            deltaLengths[page] = Xbzrle.encode(bases[page], pages[page], deltas[page]);
        }
    }

    @Benchmark
    public int encode() {
        int page = nextPage();
        return Xbzrle.encode(bases[page], pages[page], out);
    }

    /** Onto the page itself, which can be its own base: a delta overwrites. */
    @Benchmark
    public byte[] decode() throws MalformedDeltaException {
        int page = nextPage();
        Xbzrle.decode(deltas[page], deltaLengths[page], pages[page]);
        return pages[page];
    }

    @Benchmark
    public byte[] copy() {
        System.arraycopy(pages[nextPage()], 0, out, 0, PAGE_BYTES);
        return out;
    }
}
