/**
 * Where a guest's memory comes from: RAM directories, read once or followed while another process writes them, and the
 * synthetic guest. Sources know nothing of Kafka, lanes or encodings: they pass pages to a
 * {@link io.godwit.producer.precopy.PageSink}. Parameters and results are never null unless it is said.
 */
package io.godwit.producer.source;
