/** Checkpoints that this host holds. Parameters and results are never null unless it is said. */
package io.godwit.checkpoint.local;
