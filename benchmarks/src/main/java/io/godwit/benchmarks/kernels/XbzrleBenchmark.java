package io.godwit.benchmarks.kernels;

import io.godwit.codec.MalformedDeltaException;
import io.godwit.codec.Xbzrle;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** XBZRLE of 4 KiB pages in four patterns of change. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(3)
public class XbzrleBenchmark {
    @Param
    DeltaPattern pattern;

    private DeltaPages pages;
    private final byte[] out = new byte[DeltaPages.PAGE_BYTES];
    private int next;

    @Setup
    public void setUp() {
        pages = new DeltaPages(pattern);
    }

    @Benchmark
    public int encode() {
        int pair = next++ & (DeltaPages.COUNT - 1);
        return Xbzrle.encode(pages.bases[pair], pages.pages[pair], out);
    }

    /** Onto the page itself: it is its own base, since a delta overwrites. */
    @Benchmark
    public byte[] decode() throws MalformedDeltaException {
        int pair = next++ & (DeltaPages.COUNT - 1);
        Xbzrle.decode(pages.deltas[pair], pages.deltaLengths[pair], pages.pages[pair]);
        return pages.pages[pair];
    }

    @Benchmark
    public byte[] copy() {
        int pair = next++ & (DeltaPages.COUNT - 1);
        System.arraycopy(pages.pages[pair], 0, out, 0, DeltaPages.PAGE_BYTES);
        return out;
    }
}
