/**
 * QEMU's migration stream, read and written: envelope, sections, RAM records, return path. Facts hold for QEMU 7.2 to 10.2.
 * Knows nothing of Kafka. Parameters and results are never null unless it is said.
 */
package io.godwit.qemu.stream;
