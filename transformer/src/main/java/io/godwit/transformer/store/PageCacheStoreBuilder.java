package io.godwit.transformer.store;

import io.godwit.transformer.memory.MemoryStoreBuilder;
import java.util.Objects;

/**
 * Builds one {@link PageCacheStore} a task; all share a budget. Without changelog and record cache: invariant 3 is why, and a lost
 * page cache costs bytes on the stream where its changelog would cost all of them.
 */
public final class PageCacheStoreBuilder extends MemoryStoreBuilder<PageCacheStore> {
    private final PageCacheBudget budget;

    /**
     * @param name the store's name, a legal topic name
     * @param budget what all stores of this process share
     */
    public PageCacheStoreBuilder(String name, PageCacheBudget budget) {
        super(name, "a page cache has no changelog", "a page cache is not cached");
        this.budget = Objects.requireNonNull(budget, "budget");
    }

    /** Allocates nothing: Streams also builds a store that it throws away, to validate the topology. */
    @Override
    public PageCacheStore build() {
        return new PageCacheStore(name(), budget, System::currentTimeMillis);
    }
}
