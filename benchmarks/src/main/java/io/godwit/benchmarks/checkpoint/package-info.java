/** What checkpoints cost and save: the memory of their index, the start of a transformer that reads it, moves with and without them. */
package io.godwit.benchmarks.checkpoint;
