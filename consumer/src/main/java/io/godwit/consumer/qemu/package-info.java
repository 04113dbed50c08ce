/**
 * An incoming QEMU as a target: its memory is written where it is shared, or kept in a spool and forwarded where it is not;
 * then it is given the device state and, when it may, continued. Knows nothing of Kafka. Parameters and results are never
 * null unless it is said.
 */
package io.godwit.consumer.qemu;
