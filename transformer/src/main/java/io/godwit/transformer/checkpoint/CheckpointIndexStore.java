package io.godwit.transformer.checkpoint;

import io.godwit.record.CheckpointChunk;
import io.godwit.transformer.memory.MemoryStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which pages checkpoints hold, as far as they are whole.
 *
 * <table>
 * <caption>What becomes of a checkpoint</caption>
 * <tr><th>what comes</th><th>before</th><th>after</th></tr>
 * <tr><td>its last missing chunk</td><td>not whole</td><td>in use</td></tr>
 * <tr><td>a chunk that is there, the same</td><td>any</td><td>as it was</td></tr>
 * <tr><td>a chunk with other hashes, chunk count or page size</td><td>in use</td><td>in use if all chunks agree, else not</td></tr>
 * <tr><td>a chunk is gone, or cannot be read</td><td>in use</td><td>not whole</td></tr>
 * <tr><td>a chunk for which there is no room</td><td>not whole</td><td>too large: nothing of it is kept</td></tr>
 * <tr><td>a chunk is gone</td><td>too large</td><td>unknown</td></tr>
 * </table>
 *
 * <p>A checkpoint that is not in use costs bytes on the stream, nothing else.
 *
 * <p>Threads: the global thread changes it; any may call {@link #find}.
 */
public final class CheckpointIndexStore extends MemoryStore {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointIndexStore.class);
    /** Upper bound of what a checkpoint takes beside its chunks. */
    private static final int CHECKPOINT_OVERHEAD_BYTES = 512;

    private final long maxBytes;
    private final Map<String, CheckpointParts> parts = new HashMap<>();
    /** Those for which there was no room. */
    private final Set<String> tooLarge = new HashSet<>();
    /** Those that are whole. Invariant: each is of chunks that are in {@link #parts}, all of them. */
    private final Map<String, IndexedCheckpoint> whole = new ConcurrentHashMap<>();

    private CheckpointIndexMetrics metrics;
    private long usedBytes;

    CheckpointIndexStore(String name, long maxBytes) {
        super(name);
        this.maxBytes = maxBytes;
    }

    /** The pages of a checkpoint; null if it is not there, or not whole. */
    public IndexedCheckpoint find(String checkpoint) {
        return whole.get(checkpoint);
    }

    /**
     * Takes a chunk in.
     *
     * @throws IllegalArgumentException if its hashes do not ascend
     */
    public void put(CheckpointChunk chunk) {
        String checkpoint = chunk.checkpoint();
        if (tooLarge.contains(checkpoint)) {
            return;
        }
        ChunkPrefixes prefixes = ChunkPrefixes.of(chunk);
        CheckpointParts known = parts.get(checkpoint);
        if (known != null && known.holds(chunk.chunk(), prefixes)) {
            return;
        }
        whole.remove(checkpoint);
        if (usedBytes + prefixes.heapBytes() + CHECKPOINT_OVERHEAD_BYTES > maxBytes) {
            refuse(checkpoint);
        } else {
            add(checkpoint, chunk.chunk(), prefixes);
        }
        report();
    }

    /** Forgets a chunk; nothing when it is not there. */
    public void remove(String checkpoint, int chunk) {
        tooLarge.remove(checkpoint);
        CheckpointParts known = parts.get(checkpoint);
        if (known == null) {
            return;
        }
        whole.remove(checkpoint);
        usedBytes -= known.heapBytes();
        known.remove(chunk);
        usedBytes += known.heapBytes();
        if (known.isEmpty()) {
            parts.remove(checkpoint);
            usedBytes -= CHECKPOINT_OVERHEAD_BYTES;
        }
        assemble(checkpoint, known);
        report();
    }

    /** What the index takes on the heap. Global thread. */
    long usedBytes() {
        return usedBytes;
    }

    private void add(String checkpoint, int chunk, ChunkPrefixes prefixes) {
        CheckpointParts known = parts.get(checkpoint);
        if (known == null) {
            known = new CheckpointParts();
            parts.put(checkpoint, known);
            usedBytes += CHECKPOINT_OVERHEAD_BYTES;
        }
        usedBytes -= known.heapBytes();
        known.put(chunk, prefixes);
        usedBytes += known.heapBytes();
        assemble(checkpoint, known);
    }

    /** Puts a checkpoint into use, if that is possible. */
    private void assemble(String checkpoint, CheckpointParts known) {
        if (!known.isWhole()) {
            return;
        }
        try {
            IndexedCheckpoint assembled = known.assemble();
            whole.put(checkpoint, assembled);
            LOG.debug(
                    "checkpoint {} of {} different pages can be used, the index takes {} MiB",
                    checkpoint,
                    assembled.pages(),
                    usedBytes >> 20);
        } catch (IllegalArgumentException e) {
            LOG.warn("checkpoint {} is not used: {}; add it again", checkpoint, e.getMessage());
        }
    }

    private void refuse(String checkpoint) {
        CheckpointParts known = parts.remove(checkpoint);
        if (known != null) {
            usedBytes -= known.heapBytes() + CHECKPOINT_OVERHEAD_BYTES;
        }
        tooLarge.add(checkpoint);
        LOG.error(
                "checkpoint {} is not used: with it the index would take more than its {} MiB; remove checkpoints"
                        + " (godwit checkpoint remove), or raise GODWIT_HEAP, and start the transformer again",
                checkpoint,
                maxBytes >> 20);
    }

    private void report() {
        if (metrics != null) {
            metrics.update(whole.size(), usedBytes);
        }
    }

    @Override
    protected void open(StateStoreContext context) {
        clear();
        metrics = new CheckpointIndexMetrics(context.metrics(), name());
    }

    @Override
    protected void release() {
        clear();
        if (metrics != null) {
            metrics.remove();
            metrics = null;
        }
    }

    private void clear() {
        whole.clear();
        parts.clear();
        tooLarge.clear();
        usedBytes = 0;
    }
}
