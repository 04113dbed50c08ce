/**
 * The state store {@code page-cache}: the pages that deltas are made against. Bounded in bytes for the whole process,
 * shared fairly by migrations and lanes, without changelog. Knows neither records nor encodings: a page is a key and bytes.
 *
 * <p>Threads: a {@link io.godwit.transformer.store.PageCacheStore} and its
 * {@link io.godwit.transformer.store.LanePages} belong to the thread of their task; a
 * {@link io.godwit.transformer.store.PageCacheBudget} may be called by any thread, and is where tasks meet. Parameters
 * and results are never null unless it is said.
 */
package io.godwit.transformer.store;
