/**
 * What checkpoints cost and save: the hashing of a memory beside SHA-256 alone, the memory of their index, the start of a
 * transformer that reads it, moves with and without them.
 */
package io.godwit.benchmarks.checkpoint;
