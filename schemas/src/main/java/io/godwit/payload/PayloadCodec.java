package io.godwit.payload;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.godwit.record.MalformedRecordException;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * Compresses and decompresses payloads. Holds native contexts that are reused from payload to payload, so one instance a
 * thread, and close it.
 */
public final class PayloadCodec implements AutoCloseable {
    /** Level 1: the default level 3 costs twice the time for a few percent here (docs/benchmarks.md). */
    public static final int ZSTD_LEVEL = 1;

    private final LZ4Compressor lz4 = LZ4Factory.fastestInstance().fastCompressor();
    private final LZ4SafeDecompressor lz4Decompressor =
            LZ4Factory.fastestInstance().safeDecompressor();
    private final ZstdCompressCtx zstd = new ZstdCompressCtx();
    private final ZstdDecompressCtx zstdDecompressor = new ZstdDecompressCtx();

    public PayloadCodec() {
        zstd.setLevel(ZSTD_LEVEL);
        // The payload's own checks find corruption: run checksums over the rebuilt pages.
        zstd.setChecksum(false);
    }

    /** Bytes that the output of {@link #compress} needs for any input of {@code length} bytes. */
    public static int maxCompressedLength(int length) {
        long zstdBound = Zstd.compressBound(length);
        long lz4Bound = length + length / 255L + 16;
        return Math.toIntExact(Math.max(zstdBound, lz4Bound));
    }

    /**
     * Compresses {@code input} into {@code output}, from its first byte.
     *
     * @return bytes written; at least {@code inputLength} where compression saves nothing
     * @throws IllegalArgumentException for {@link PayloadCompression#NONE}
     */
    public int compress(PayloadCompression compression, byte[] input, int inputOffset, int inputLength, byte[] output) {
        return switch (compression) {
            case LZ4 -> lz4.compress(input, inputOffset, inputLength, output, 0, output.length);
            case ZSTD -> zstd.compressByteArray(output, 0, output.length, input, inputOffset, inputLength);
            case NONE -> throw new IllegalArgumentException("nothing to compress with NONE");
        };
    }

    /**
     * Decompresses into {@code output}, from its first byte.
     *
     * @param outputLength bytes that must come out, at most {@code output.length}
     * @throws MalformedRecordException if the input is damaged or gives another number of bytes
     */
    public void decompress(
            PayloadCompression compression,
            byte[] input,
            int inputOffset,
            int inputLength,
            byte[] output,
            int outputLength)
            throws MalformedRecordException {
        int written;
        try {
            written = switch (compression) {
                case LZ4 -> lz4Decompressor.decompress(input, inputOffset, inputLength, output, 0, outputLength);
                case ZSTD ->
                    zstdDecompressor.decompressByteArray(output, 0, outputLength, input, inputOffset, inputLength);
                case NONE -> throw new IllegalArgumentException("nothing to decompress with NONE");
            };
        } catch (LZ4Exception | ZstdException e) {
            throw new MalformedRecordException(
                    compression + " payload of " + inputLength + " bytes is damaged: " + e.getMessage(), e);
        }
        if (written != outputLength) {
            throw new MalformedRecordException(compression + " payload of " + inputLength + " bytes holds " + written
                    + " bytes, its runs " + outputLength);
        }
    }

    @Override
    public void close() {
        zstd.close();
        zstdDecompressor.close();
    }
}
