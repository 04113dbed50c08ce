/**
 * The destination agent: reads a migration's stream, applies its lanes in order and in parallel, and verifies what arrived.
 * One {@link io.godwit.consumer.Receiver} per target; receivers of one migration do not know of each other. Parameters and
 * results are never null unless it is said.
 */
package io.godwit.consumer;
