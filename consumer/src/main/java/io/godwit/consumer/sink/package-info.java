/**
 * Where received memory goes: the sink interface, and the RAM directory, with what must hold before one is written. Sinks store
 * what they are given; order, hashes and digests are checked before. Parameters and results are never null unless it is said.
 */
package io.godwit.consumer.sink;
