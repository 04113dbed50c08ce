package io.godwit.benchmarks.checkpoint;

import io.godwit.transformer.checkpoint.CheckpointIndexStore;
import io.godwit.transformer.checkpoint.CheckpointIndexStoreBuilder;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;

/** What an index takes on the heap, as the collector sees it. */
final class IndexMemory {
    private IndexMemory() {}

    /** Heap bytes of the index of a checkpoint. */
    static long measure(MadeUpCheckpoint checkpoint) {
        long before = usedBytes();
        CheckpointIndexStore store = new CheckpointIndexStoreBuilder("index", Long.MAX_VALUE).build();
        checkpoint.forEach(store::put);
        long after = usedBytes();
        if (store.find(MadeUpCheckpoint.ID) == null) {
            throw new IllegalStateException("the checkpoint is not whole");
        }
        return after - before;
    }

    private static long usedBytes() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
