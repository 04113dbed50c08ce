/**
 * The source agent: takes a guest's memory from a source and sends it through Kafka, in rounds, as one attempt of a
 * migration. {@link io.godwit.producer.Sender} is the way in. Parameters and results are never null unless it is said.
 */
package io.godwit.producer;
