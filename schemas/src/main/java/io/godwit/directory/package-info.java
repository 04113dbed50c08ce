/**
 * The directory of migrations: who sends what, in which attempt, how far it is. Lives in the compacted topic
 * {@code godwit.migrations}; agents that ask for an attempt are arbitrated by the topic's order. Knows nothing of pages.
 */
package io.godwit.directory;
