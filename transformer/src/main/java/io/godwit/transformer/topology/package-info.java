/**
 * How the processors are wired to topics, and what happens when Kafka refuses a record. Holds no page logic: see {@code
 * processor}. Objects here are shared by all stream threads and keep no state of their own. Parameters and results are never
 * null unless it is said.
 */
package io.godwit.transformer.topology;
