package io.godwit.transformer.store;

import java.util.Map;
import java.util.Objects;
import org.apache.kafka.streams.state.StoreBuilder;

/** Builds one {@link PageCacheStore} a task; all share a budget. Without changelog and record cache: invariant 3 is why. */
public final class PageCacheStoreBuilder implements StoreBuilder<PageCacheStore> {
    private final String name;
    private final PageCacheBudget budget;

    /**
     * @param name the store's name, a legal topic name
     * @param budget what all stores of this process share
     */
    public PageCacheStoreBuilder(String name, PageCacheBudget budget) {
        this.name = Objects.requireNonNull(name, "name");
        this.budget = Objects.requireNonNull(budget, "budget");
    }

    /** Allocates nothing: Streams also builds a store that it throws away, to validate the topology. */
    @Override
    public PageCacheStore build() {
        return new PageCacheStore(name, budget, System::currentTimeMillis);
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
    public StoreBuilder<PageCacheStore> withLoggingDisabled() {
        return this;
    }

    @Override
    public StoreBuilder<PageCacheStore> withCachingDisabled() {
        return this;
    }

    /** Always refused: a lost page cache costs bytes on the stream, its changelog would cost all of them. */
    @Override
    public StoreBuilder<PageCacheStore> withLoggingEnabled(Map<String, String> config) {
        throw new UnsupportedOperationException("a page cache has no changelog");
    }

    /** Always refused: the store is a cache. */
    @Override
    public StoreBuilder<PageCacheStore> withCachingEnabled() {
        throw new UnsupportedOperationException("a page cache is not cached");
    }
}
