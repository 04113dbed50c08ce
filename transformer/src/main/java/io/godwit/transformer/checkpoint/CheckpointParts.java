package io.godwit.transformer.checkpoint;

import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The chunks of a checkpoint that are there, whole or not. What it makes of them depends on each chunk's newest record alone,
 * never on the order of different chunks: so compaction of their topic changes nothing. One thread.
 */
final class CheckpointParts {
    private final NavigableMap<Integer, ChunkPrefixes> chunks = new TreeMap<>();
    private long bytes;

    /** Takes a chunk in, in the place of what it was before. */
    void put(int chunk, ChunkPrefixes prefixes) {
        ChunkPrefixes before = chunks.put(chunk, prefixes);
        bytes += prefixes.heapBytes() - (before == null ? 0 : before.heapBytes());
    }

    /** Forgets a chunk; nothing when it is not there. */
    void remove(int chunk) {
        ChunkPrefixes before = chunks.remove(chunk);
        bytes -= before == null ? 0 : before.heapBytes();
    }

    /** Whether the chunk is there, just so. */
    boolean holds(int chunk, ChunkPrefixes prefixes) {
        return prefixes.isSame(chunks.get(chunk));
    }

    boolean isEmpty() {
        return chunks.isEmpty();
    }

    /** What the chunks take on the heap. */
    long heapBytes() {
        return bytes;
    }

    /** Whether as many chunks are there as the first of them says. */
    boolean isWhole() {
        return !chunks.isEmpty()
                && chunks.size() == chunks.firstEntry().getValue().chunks();
    }

    /**
     * Puts the checkpoint together, which must be whole.
     *
     * @throws IllegalArgumentException if the chunks contradict one another
     */
    IndexedCheckpoint assemble() {
        ChunkPrefixes first = chunks.firstEntry().getValue();
        long[][] prefixes = new long[first.chunks()][];
        for (int chunk = 0; chunk < prefixes.length; chunk++) {
            ChunkPrefixes part = chunks.get(chunk);
            if (part == null || part.chunks() != first.chunks() || part.pageSize() != first.pageSize()) {
                throw new IllegalArgumentException("its chunks do not agree on how many they are, or on the page size");
            }
            prefixes[chunk] = part.prefixes();
        }
        return IndexedCheckpoint.of(first.pageSize(), prefixes);
    }
}
