package io.godwit.transformer.checkpoint;

import io.godwit.record.CheckpointChunk;
import java.util.Arrays;

/**
 * What the index keeps of a {@link CheckpointChunk}.
 *
 * @param chunks how many the checkpoint has
 * @param prefixes of its digests, ascending; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // compared by isSame alone
record ChunkPrefixes(int pageSize, int chunks, long[] prefixes) {
    /** Upper bound of what a chunk takes beside its prefixes: headers, this record, an entry of a map. */
    private static final int OVERHEAD_BYTES = 160;

    /** @throws IllegalArgumentException if the chunk's hashes do not ascend */
    static ChunkPrefixes of(CheckpointChunk chunk) {
        return new ChunkPrefixes(chunk.pageSize(), chunk.chunks(), DigestPrefix.ofAll(chunk.hashes()));
    }

    long heapBytes() {
        return OVERHEAD_BYTES + (long) prefixes.length * Long.BYTES;
    }

    /** @param other may be null */
    boolean isSame(ChunkPrefixes other) {
        return other != null
                && pageSize == other.pageSize
                && chunks == other.chunks
                && Arrays.equals(prefixes, other.prefixes);
    }
}
