package io.godwit.transformer.topology;

import io.godwit.topic.Topics;
import io.godwit.transformer.gate.StreamGate;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Settings of Kafka Streams for records of 256 KiB: little waiting, few records held, errors of one migration kept to it.
 * What the command-config says wins, but for what correctness hangs on.
 */
public final class StreamsSettings {
    private static final int MIB = 1 << 20;
    /** Lets the operating system size socket buffers. */
    private static final int SOCKET_BUFFER_AUTO = -1;

    private StreamsSettings() {}

    /**
     * Returns the settings of one process.
     *
     * @param overrides what the command-config says
     * @param gate what the error handlers close migrations by
     */
    public static Properties of(
            String bootstrapServers,
            String applicationId,
            Path stateDir,
            int threads,
            Map<String, String> overrides,
            StreamGate gate) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "streams");
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 500);
        settings.put(StreamsConfig.POLL_MS_CONFIG, 20);
        // Records, not bytes: Streams knows no other bound of what waits in memory.
        settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 32);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        settings.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        handleGlobalFailures(settings);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        addClients(settings);
        override(settings, overrides);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        settings.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, DeletedStreamProcessingHandler.class);
        settings.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, DeletedStreamProductionHandler.class);
        settings.put(StreamFailures.GATE_CONFIG, gate);
        // A lane's order and completeness hang on these.
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG), true);
        // Where a stream topic was deleted and made again, the producer meets the new one with the old one's metadata:
        // its
        // first request fails and is repeated, and a second one in flight would be taken before it, out of sequence.
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1);
        return settings;
    }

    /** A setting of one kind of client, as it is given here, would win over one that the command-config gives to all. */
    private static void override(Properties settings, Map<String, String> overrides) {
        for (String name : overrides.keySet()) {
            settings.remove(StreamsConfig.producerPrefix(name));
            settings.remove(StreamsConfig.mainConsumerPrefix(name));
            settings.remove(StreamsConfig.globalConsumerPrefix(name));
        }
        settings.putAll(overrides);
    }

    /** Has what goes wrong with checkpoints handled like the rest; the setting is deprecated from birth, as a passage only. */
    @SuppressWarnings("deprecation")
    private static void handleGlobalFailures(Properties settings) {
        settings.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG, true);
    }

    private static void addClients(Properties settings) {
        settings.put(CommonClientConfigs.SEND_BUFFER_CONFIG, SOCKET_BUFFER_AUTO);
        settings.put(CommonClientConfigs.RECEIVE_BUFFER_CONFIG, SOCKET_BUFFER_AUTO);
        // Rebootstrapping has no backoff: with a lone broker gone, a client would spin on it.
        settings.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        producer(settings, ProducerConfig.LINGER_MS_CONFIG, 5);
        producer(settings, ProducerConfig.BATCH_SIZE_CONFIG, MIB);
        producer(settings, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_RECORD_BYTES);
        producer(settings, ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        // A stream topic that is gone stalls its thread for as long as these allow.
        producer(settings, ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        producer(settings, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        producer(settings, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        consumer(settings, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 64);
        consumer(settings, ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 * MIB);
        consumer(settings, ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 * MIB);
        consumer(settings, ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        // Checkpoints are read from the beginning at each start, in records of 128 KiB, before anything else is done.
        global(settings, ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 256);
        global(settings, ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 16 * MIB);
        global(settings, ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 * MIB);
        global(settings, ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 50);
    }

    private static void producer(Properties settings, String name, Object value) {
        settings.put(StreamsConfig.producerPrefix(name), value);
    }

    private static void consumer(Properties settings, String name, Object value) {
        settings.put(StreamsConfig.mainConsumerPrefix(name), value);
    }

    private static void global(Properties settings, String name, Object value) {
        settings.put(StreamsConfig.globalConsumerPrefix(name), value);
    }
}
