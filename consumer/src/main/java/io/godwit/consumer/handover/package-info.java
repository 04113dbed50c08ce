/**
 * The target's half of the handover: what a target says in the directory, and what it waits for there before it goes on with a
 * guest. Knows nothing of memory, nor of what a guest is. Parameters and results are never null unless it is said.
 */
package io.godwit.consumer.handover;
