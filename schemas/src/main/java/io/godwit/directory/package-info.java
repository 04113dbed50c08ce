/**
 * The directories. Of migrations: who sends what, in which attempt, how far it is; it lives in the compacted topic
 * {@code godwit.migrations}, and agents that ask for an attempt are arbitrated by the topic's order. Of checkpoints: which
 * name stands for which, in {@code godwit.checkpoint-names}. Knows nothing of pages.
 */
package io.godwit.directory;
