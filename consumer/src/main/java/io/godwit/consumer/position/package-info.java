/**
 * What outlives a killed receiver: how far each lane was applied, and the hash of every page. Both are mapped files, so that a
 * store survives the process, though not the machine; what they mean is decided elsewhere. Parameters and results are never
 * null unless it is said.
 */
package io.godwit.consumer.position;
