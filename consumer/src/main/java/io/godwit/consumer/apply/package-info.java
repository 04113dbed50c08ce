/**
 * What is done with the records of a stream: which of them count, how pages are rebuilt and verified, when a migration is
 * complete. Knows the log only as offsets; reads nothing of it by itself. A lane belongs to one thread. Parameters and results are
 * never null unless it is said.
 */
package io.godwit.consumer.apply;
