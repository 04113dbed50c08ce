package io.godwit.benchmarks.checkpoint;

import io.godwit.record.CheckpointChunk;
import io.godwit.record.Manifest;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A checkpoint of random hashes, made in their order: the gaps between them are spread as those of random numbers are. The same
 * seed makes the same one.
 */
public final class MadeUpCheckpoint {
    public static final String ID = "5eed".repeat(16);

    private static final int HASH_BYTES = 32;
    private static final double RANGE = 0x1p64;

    private final long pages;

    public MadeUpCheckpoint(long pages) {
        this.pages = pages;
    }

    /** Bytes of all hashes. */
    public long bytes() {
        return pages * HASH_BYTES;
    }

    /** Makes chunk after chunk. */
    public void forEach(Consumer<CheckpointChunk> consumer) {
        SplittableRandom random = new SplittableRandom(pages);
        int chunks = CheckpointChunk.chunksOf(pages);
        // So much less that the last hash does not reach past the range, or one in a few thousand millions does.
        double gap = RANGE / (pages + 6 * Math.sqrt((double) pages) + 64);
        double position = 0;
        for (int chunk = 0; chunk < chunks; chunk++) {
            long first = (long) chunk * CheckpointChunk.MAX_HASHES;
            int count = (int) Math.min(CheckpointChunk.MAX_HASHES, pages - first);
            byte[] hashes = new byte[count * HASH_BYTES];
            random.nextBytes(hashes);
            ByteBuffer view = ByteBuffer.wrap(hashes);
            for (int hash = 0; hash < count; hash++) {
                position += -Math.log(1 - random.nextDouble()) * gap;
                view.putLong(hash * HASH_BYTES, unsigned(position));
            }
            consumer.accept(new CheckpointChunk(ID, Manifest.DEFAULT_PAGE_SIZE, chunk, chunks, hashes));
        }
    }

    /** A double has 53 bits: below those, every number is as good. */
    private static long unsigned(double position) {
        return (long) (position / 2) << 1;
    }
}
