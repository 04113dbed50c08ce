package io.godwit.transformer.checkpoint;

import java.util.Map;
import java.util.Objects;
import org.apache.kafka.streams.state.StoreBuilder;

/** Builds the one {@link CheckpointIndexStore} of a process. Without changelog: its topic is where it comes from. */
public final class CheckpointIndexStoreBuilder implements StoreBuilder<CheckpointIndexStore> {
    private final String name;
    private final long maxBytes;

    /**
     * @param name the store's name, a legal topic name
     * @param maxBytes most heap that the index may take
     */
    public CheckpointIndexStoreBuilder(String name, long maxBytes) {
        this.name = Objects.requireNonNull(name, "name");
        this.maxBytes = maxBytes;
    }

    @Override
    public CheckpointIndexStore build() {
        return new CheckpointIndexStore(name, maxBytes);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<String, String> logConfig() {
        return Map.of();
    }

    @Override
    public boolean loggingEnabled() {
        return false;
    }

    @Override
    public StoreBuilder<CheckpointIndexStore> withLoggingDisabled() {
        return this;
    }

    @Override
    public StoreBuilder<CheckpointIndexStore> withCachingDisabled() {
        return this;
    }

    /** Always refused: the topic of checkpoints is the store's changelog. */
    @Override
    public StoreBuilder<CheckpointIndexStore> withLoggingEnabled(Map<String, String> config) {
        throw new UnsupportedOperationException("the index has no changelog of its own");
    }

    /** Always refused: the store is in memory. */
    @Override
    public StoreBuilder<CheckpointIndexStore> withCachingEnabled() {
        throw new UnsupportedOperationException("the index is not cached");
    }
}
