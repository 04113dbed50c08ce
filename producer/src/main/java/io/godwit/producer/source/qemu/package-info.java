/**
 * A guest that runs in QEMU as a source: QEMU drives its own precopy, and writes it into a socket of ours. What is decided
 * here is when the guest may be paused. Parameters and results are never null unless it is said.
 */
package io.godwit.producer.source.qemu;
