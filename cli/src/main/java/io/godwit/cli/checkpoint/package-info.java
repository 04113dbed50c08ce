/**
 * What {@code godwit checkpoint} does: on this host and in the cluster, as one step. Not where checkpoints are hashed or
 * published. Parameters and results are never null unless it is said.
 */
package io.godwit.cli.checkpoint;
