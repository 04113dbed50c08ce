/** What it costs to add a checkpoint on a host and to look pages up in it, beside SHA-256 alone in the same run. */
package io.godwit.benchmarks.checkpoint;
