/**
 * From pages to records in Kafka.
 *
 * <pre>
 *   source thread          worker threads, lane l on worker l mod W              Kafka
 *   PagePipeline  ──tasks──▶  LaneEncoder: hash, compress, encode  ──▶  RecordPublisher ──▶ godwit.pages
 *        ▲                              │
 *        └───── BatchPool ◀─────────────┘      bounds the memory in flight, and blocks the source when it is used up
 * </pre>
 *
 * One lane's tasks are done by one thread in the order in which they were passed: that is the lane's order (invariant 1).
 * Knows nothing of where pages come from. Parameters and results are never null unless it is said.
 */
package io.godwit.producer.publish;
