/**
 * The global store {@code checkpoint-index}: which pages checkpoints hold. Fed by the topic {@code godwit.checkpoints}, kept in
 * memory, read anew at each start; knows neither migrations nor encodings, and of a page only a part of its SHA-256.
 *
 * <p>Threads: one, the global thread of Kafka Streams, changes the store; any may look things up. What it gives out is
 * immutable. Parameters and results are never null unless it is said.
 */
package io.godwit.transformer.checkpoint;
