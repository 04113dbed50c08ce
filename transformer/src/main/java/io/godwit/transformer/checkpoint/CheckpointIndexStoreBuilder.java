package io.godwit.transformer.checkpoint;

import io.godwit.transformer.memory.MemoryStoreBuilder;

/** Builds the one {@link CheckpointIndexStore} of a process. Without changelog: its topic is where it comes from. */
public final class CheckpointIndexStoreBuilder extends MemoryStoreBuilder<CheckpointIndexStore> {
    private final long maxBytes;

    /**
     * @param name the store's name, a legal topic name
     * @param maxBytes most heap that the index may take
     */
    public CheckpointIndexStoreBuilder(String name, long maxBytes) {
        super(name, "the index has no changelog of its own", "the index is not cached");
        this.maxBytes = maxBytes;
    }

    @Override
    public CheckpointIndexStore build() {
        return new CheckpointIndexStore(name(), maxBytes);
    }
}
