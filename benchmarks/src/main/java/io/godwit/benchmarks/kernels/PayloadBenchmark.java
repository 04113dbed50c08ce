package io.godwit.benchmarks.kernels;

import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.MalformedRecordException;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Compression of a whole batch of 64 pages. */
@OperationsPerInvocation(PayloadBenchmark.PAYLOAD_BYTES)
public class PayloadBenchmark extends KernelBenchmark {
    static final int PAYLOAD_BYTES = 64 * PAGE_BYTES;

    private static final long SEED = 42;

    @Param({"LZ4", "ZSTD"})
    PayloadCompression compression;

    @Param
    PayloadContent content;

    private final byte[] payload = new byte[PAYLOAD_BYTES];
    private final byte[] compressed = new byte[PayloadCodec.maxCompressedLength(PAYLOAD_BYTES)];
    private final byte[] out = new byte[PayloadCodec.maxCompressedLength(PAYLOAD_BYTES)];
    private PayloadCodec codec;
    private int compressedBytes;

    @Setup
    public void setUp() {
        codec = new PayloadCodec();
        content.fill(payload, new SplittableRandom(SEED));
        compressedBytes = codec.compress(compression, payload, 0, PAYLOAD_BYTES, compressed);
        System.out.printf("%s of %s: %d to %d bytes%n", compression, content, PAYLOAD_BYTES, compressedBytes);
    }

    @TearDown
    public void tearDown() {
        codec.close();
    }

    @Benchmark
    public int compress() {
        return codec.compress(compression, payload, 0, PAYLOAD_BYTES, out);
    }

    @Benchmark
    public byte[] decompress() throws MalformedRecordException {
        codec.decompress(compression, compressed, 0, compressedBytes, out, PAYLOAD_BYTES);
        return out;
    }

    @Benchmark
    public byte[] copy() {
        System.arraycopy(payload, 0, out, 0, PAYLOAD_BYTES);
        return out;
    }
}
