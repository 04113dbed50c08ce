/**
 * The way of a host's checkpoints into the cluster and out of it: their hashes, then their names. Knows nothing of pages.
 * Parameters and results are never null unless it is said.
 */
package io.godwit.checkpoint.publish;
