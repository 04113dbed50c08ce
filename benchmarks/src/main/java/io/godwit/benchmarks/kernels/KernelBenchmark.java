package io.godwit.benchmarks.kernels;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How kernels are measured, unless JMH's command line says otherwise. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgs = "-Xmx256m")
public abstract class KernelBenchmark {
    static final int PAGE_BYTES = 4096;
    /** Pages that a benchmark takes in turn; a power of two. */
    static final int PAGES = 256;

    private int next;

    /** Number of the page that is due. */
    final int nextPage() {
        return next++ & (PAGES - 1);
    }
}
