/**
 * One real Kafka broker inside this JVM, for one machine: a combined KRaft node on the loopback address.
 *
 * <p>Not a cluster and not for production: one replica, no authentication, nothing but 127.0.0.1. The only package that may
 * use {@code kafka.server}, which Kafka does not promise to keep. A broker may be started and closed by any thread.
 * Parameters and results are never null unless it is said.
 */
package io.godwit.cli.broker;
