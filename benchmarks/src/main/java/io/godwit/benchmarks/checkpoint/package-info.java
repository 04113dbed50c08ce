/** What an index of checkpoints costs: memory, and the start of a transformer that reads it. */
package io.godwit.benchmarks.checkpoint;
