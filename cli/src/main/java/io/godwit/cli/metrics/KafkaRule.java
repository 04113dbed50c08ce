package io.godwit.cli.metrics;

import io.godwit.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One metric of Kafka's clients that is served: where it comes from, and what becomes of it.
 *
 * @param served its name here
 * @param help what it says
 * @param group Kafka's group
 * @param metric Kafka's name in it
 * @param merge what one number is made of those of a process's clients, threads and tasks
 * @param perUnit how many of Kafka's unit make one of ours: 1000 where milliseconds become seconds
 * @param label the one tag of Kafka's that is kept; empty for none
 */
record KafkaRule(String served, String help, String group, String metric, Merge merge, double perUnit, String label) {
    /** How numbers of several clients become one. */
    enum Merge {
        /** Counters: their sum, with what clients that are gone have counted. */
        TOTAL,
        SUM,
        MAX
    }

    private static final double ONE = 1;
    private static final double MILLIS = TimeUnit.SECONDS.toMillis(1);
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final String NO_LABEL = "";
    private static final String PARTITION = "partition";
    private static final String TOPIC = "topic";

    private static final String PRODUCER = "producer-metrics";
    private static final String CONSUMER = "consumer-metrics";
    private static final String FETCHES = "consumer-fetch-manager-metrics";
    private static final String ADMIN = "admin-client-metrics";
    private static final String STREAMS = "stream-metrics";
    private static final String THREADS = "stream-thread-metrics";
    private static final String TASKS = "stream-task-metrics";
    private static final String NODES = "stream-processor-node-metrics";
    private static final String INDEX = "stream-checkpoint-index-metrics";

    /** Tags that tell clients, threads and tasks of one process apart: merged away, as they change with each start. */
    private static final Set<String> MERGED = Set.of("client-id", "thread-id", "task-id", "processor-node-id", "store");

    /** Of every role that has clients. */
    private static final List<KafkaRule> CLIENTS = List.of(
            total("kafka_producer_records_total", "Records that producers sent.", PRODUCER, "record-send-total"),
            total(
                    "kafka_producer_record_errors_total",
                    "Records that could not be sent.",
                    PRODUCER,
                    "record-error-total"),
            total(
                    "kafka_producer_record_retries_total",
                    "Records that were sent again.",
                    PRODUCER,
                    "record-retry-total"),
            total("kafka_producer_sent_bytes_total", "Bytes that producers sent.", PRODUCER, "outgoing-byte-total"),
            new KafkaRule(
                    "kafka_producer_buffer_wait_seconds_total",
                    "Time that threads waited for room in a producer's buffer: back-pressure.",
                    PRODUCER,
                    "bufferpool-wait-time-ns-total",
                    Merge.TOTAL,
                    NANOS,
                    NO_LABEL),
            seconds(
                    "kafka_producer_request_latency_max_seconds",
                    "The slowest answer to a producer lately.",
                    PRODUCER,
                    "request-latency-max"),
            seconds(
                    "kafka_producer_throttle_time_max_seconds",
                    "The longest that a broker's quota held a producer back lately.",
                    PRODUCER,
                    "produce-throttle-time-max"),
            sum("kafka_producer_connections", "Connections of producers.", PRODUCER, "connection-count"),
            total("kafka_consumer_records_total", "Records that consumers took in.", FETCHES, "records-consumed-total"),
            total(
                    "kafka_consumer_fetched_bytes_total",
                    "Bytes of records that consumers took in.",
                    FETCHES,
                    "bytes-consumed-total"),
            seconds(
                    "kafka_consumer_fetch_latency_max_seconds",
                    "The slowest fetch lately, waiting for records included.",
                    FETCHES,
                    "fetch-latency-max"),
            seconds(
                    "kafka_consumer_throttle_time_max_seconds",
                    "The longest that a broker's quota held a consumer back lately.",
                    FETCHES,
                    "fetch-throttle-time-max"),
            sum("kafka_consumer_connections", "Connections of consumers.", CONSUMER, "connection-count"),
            sum("kafka_admin_connections", "Connections of clients for topics.", ADMIN, "connection-count"));

    /** Of a transformer besides. */
    private static final List<KafkaRule> TRANSFORMER = List.of(
            new KafkaRule(
                    "godwit_transform_lag_records",
                    "Records of each partition of the ingress that are stored and were not fetched.",
                    FETCHES,
                    "records-lag",
                    Merge.MAX,
                    ONE,
                    PARTITION),
            sum(
                    "godwit_transform_checkpoints",
                    "Checkpoints that the index holds whole, and that can be used.",
                    INDEX,
                    "checkpoints"),
            sum(
                    "godwit_transform_checkpoint_index_bytes",
                    "Heap that the index of checkpoints takes.",
                    INDEX,
                    "size-bytes"),
            sum("kafka_streams_alive_threads", "Stream threads that live.", STREAMS, "alive-stream-threads"),
            total(
                    "kafka_streams_failed_threads_total",
                    "Stream threads that died, and were replaced or not.",
                    STREAMS,
                    "failed-stream-threads"),
            total(
                    "kafka_streams_processed_records_total",
                    "Records that stream threads processed.",
                    THREADS,
                    "process-total"),
            total("kafka_streams_commits_total", "Commits by stream threads.", THREADS, "commit-total"),
            seconds(
                    "kafka_streams_commit_latency_max_seconds",
                    "The slowest commit by a stream thread lately.",
                    THREADS,
                    "commit-latency-max"),
            new KafkaRule(
                    "kafka_streams_process_ratio",
                    "Share of the busiest thread's time that went into records: near 1, more threads or transformers help.",
                    THREADS,
                    "process-ratio",
                    Merge.MAX,
                    ONE,
                    NO_LABEL),
            total(
                    "kafka_streams_tasks_created_total",
                    "Tasks that stream threads were given.",
                    THREADS,
                    "task-created-total"),
            total(
                    "kafka_streams_tasks_closed_total",
                    "Tasks that stream threads gave up.",
                    THREADS,
                    "task-closed-total"),
            total(
                    "kafka_streams_dropped_records_total",
                    "Records that Streams dropped.",
                    TASKS,
                    "dropped-records-total"),
            seconds(
                    "kafka_streams_record_latency_max_seconds",
                    "The longest lately from a record's being sent by its source to its being processed.",
                    NODES,
                    "record-e2e-latency-max"));

    /** The rules for a role's clients. */
    static List<KafkaRule> of(Role role) {
        List<KafkaRule> rules = new ArrayList<>(CLIENTS);
        if (role == Role.TRANSFORM) {
            rules.addAll(TRANSFORMER);
        }
        return rules;
    }

    /** Whether a metric of the rule's group and name is meant: Kafka has some of them by topic and node, too. */
    boolean covers(Map<String, String> tags) {
        if (label.isEmpty()) {
            return MERGED.containsAll(tags.keySet());
        }
        // Kafka writes dots of topics as underscores in some versions, in others both ways.
        return tags.containsKey(label)
                && tags.getOrDefault(TOPIC, "").replace('.', '_').equals(Topics.PAGES.replace('.', '_'));
    }

    private static KafkaRule total(String served, String help, String group, String metric) {
        return new KafkaRule(served, help, group, metric, Merge.TOTAL, ONE, NO_LABEL);
    }

    private static KafkaRule sum(String served, String help, String group, String metric) {
        return new KafkaRule(served, help, group, metric, Merge.SUM, ONE, NO_LABEL);
    }

    private static KafkaRule seconds(String served, String help, String group, String metric) {
        return new KafkaRule(served, help, group, metric, Merge.MAX, MILLIS, NO_LABEL);
    }
}
