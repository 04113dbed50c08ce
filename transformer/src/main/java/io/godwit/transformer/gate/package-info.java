/**
 * Which migrations the transformer may write to: a stream topic that is missing, was deleted, or belongs to a newer
 * migration of the same name must neither stop the transformer nor stall other migrations. Knows nothing of pages. Any
 * thread may call it: stream threads ask, producer threads report. Parameters and results are never null unless it is said.
 */
package io.godwit.transformer.gate;
