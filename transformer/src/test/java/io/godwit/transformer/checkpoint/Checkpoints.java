package io.godwit.transformer.checkpoint;

import io.godwit.record.CheckpointChunk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Checkpoints of made-up hashes. */
final class Checkpoints {
    static final int PAGE_SIZE = 4096;

    private Checkpoints() {}

    static String id(int number) {
        return String.format("%064x", number);
    }

    /** So many random hashes, ascending. */
    static byte[][] hashes(int count, long seed) {
        Random random = new Random(seed);
        byte[][] hashes = new byte[count][32];
        for (byte[] hash : hashes) {
            random.nextBytes(hash);
        }
        Arrays.sort(hashes, Arrays::compareUnsigned);
        return hashes;
    }

    /** The chunks of a checkpoint. */
    static List<CheckpointChunk> chunks(String id, int pageSize, byte[][] hashes) {
        int count = CheckpointChunk.chunksOf(hashes.length);
        List<CheckpointChunk> chunks = new ArrayList<>();
        for (int chunk = 0; chunk < count; chunk++) {
            int first = chunk * CheckpointChunk.MAX_HASHES;
            int end = Math.min(hashes.length, first + CheckpointChunk.MAX_HASHES);
            byte[] joined = new byte[(end - first) * 32];
            for (int hash = first; hash < end; hash++) {
                System.arraycopy(hashes[hash], 0, joined, (hash - first) * 32, 32);
            }
            chunks.add(new CheckpointChunk(id, pageSize, chunk, count, joined));
        }
        return chunks;
    }
}
