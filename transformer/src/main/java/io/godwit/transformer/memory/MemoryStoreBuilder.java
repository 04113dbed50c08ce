package io.godwit.transformer.memory;

import java.util.Map;
import java.util.Objects;
import org.apache.kafka.streams.state.StoreBuilder;

/** Builds stores that have neither a changelog nor a record cache, and are refused to whoever asks for one. */
public abstract class MemoryStoreBuilder<S extends MemoryStore> implements StoreBuilder<S> {
    private final String name;
    private final String whyNotLogged;
    private final String whyNotCached;

    /**
     * @param name the store's name, a legal topic name
     * @param whyNotLogged what is said to whoever asks for a changelog
     * @param whyNotCached what is said to whoever asks for a record cache
     */
    protected MemoryStoreBuilder(String name, String whyNotLogged, String whyNotCached) {
        this.name = Objects.requireNonNull(name, "name");
        this.whyNotLogged = whyNotLogged;
        this.whyNotCached = whyNotCached;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Map<String, String> logConfig() {
        return Map.of();
    }

    @Override
    public final boolean loggingEnabled() {
        return false;
    }

    @Override
    public final StoreBuilder<S> withLoggingDisabled() {
        return this;
    }

    @Override
    public final StoreBuilder<S> withCachingDisabled() {
        return this;
    }

    @Override
    public final StoreBuilder<S> withLoggingEnabled(Map<String, String> config) {
        throw new UnsupportedOperationException(whyNotLogged);
    }

    @Override
    public final StoreBuilder<S> withCachingEnabled() {
        throw new UnsupportedOperationException(whyNotCached);
    }
}
