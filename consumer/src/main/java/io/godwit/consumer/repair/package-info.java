/**
 * Pages in full, had from the ingress a second time: for those that came as hashes, and that no checkpoint of this host gives.
 * Reads the ingress; writes nothing. Parameters and results are never null unless it is said.
 */
package io.godwit.consumer.repair;
