/**
 * Precopy: rounds over a running guest's dirty pages until the rest fits the downtime limit, then stop-and-copy. Knows
 * neither where memory lies nor what becomes of pages: {@link io.godwit.producer.precopy.DirtyMemory} is the one end,
 * {@link io.godwit.producer.precopy.PageSink} the other. One thread drives; {@link
 * io.godwit.producer.precopy.DirtyBitmap} is marked by any. Parameters and results are never null unless it is said.
 */
package io.godwit.producer.precopy;
