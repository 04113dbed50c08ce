package io.godwit.client;

import io.godwit.record.WireFormat;
import io.godwit.topic.Topics;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Where the cluster is and how to talk to it: the settings behind {@code --bootstrap-server}, {@code --command-config} and
 * {@code --schema-registry}.
 *
 * <p>What the command-config file says wins over what is set here, for every client, but for the address, which the command
 * line gives, and the few settings that correctness hangs on.
 */
public final class ClientSettings {
    private static final int MIB = 1 << 20;
    private static final Duration LINGER = Duration.ofMillis(5);
    /** Lets the operating system size socket buffers: a fixed size is capped far below what loopback and 10 GbE need. */
    private static final int SOCKET_BUFFER_AUTO = -1;

    private static final String REPORTERS = CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG;

    private final String bootstrapServers;
    private final Map<String, String> overrides;
    private final WireFormat format;
    private final Map<String, Object> reporting;

    public ClientSettings(String bootstrapServers, Map<String, String> overrides) {
        this(bootstrapServers, overrides, WireFormat.SINGLE_OBJECT, Map.of());
    }

    private ClientSettings(
            String bootstrapServers, Map<String, String> overrides, WireFormat format, Map<String, Object> reporting) {
        this.bootstrapServers = Objects.requireNonNull(bootstrapServers, "bootstrapServers");
        this.overrides = Map.copyOf(overrides);
        this.format = Objects.requireNonNull(format, "format");
        this.reporting = Map.copyOf(reporting);
    }

    /** Settings without a command-config file. */
    public static ClientSettings of(String bootstrapServers) {
        return new ClientSettings(bootstrapServers, Map.of());
    }

    /**
     * Reads a command-config file: Java properties, in which {@code config.providers} may refer to other files.
     *
     * @throws org.apache.kafka.common.config.ConfigException if what is referred to cannot be read
     */
    public static ClientSettings load(String bootstrapServers, Path commandConfig) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(commandConfig, StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        return new ClientSettings(bootstrapServers, resolve(properties));
    }

    /** Puts in what is referred to. Once and here: Kafka's clients would do so by themselves, a registry's client would not. */
    private static Map<String, String> resolve(Properties properties) {
        Map<String, Object> resolved = new AbstractConfig(new ConfigDef(), properties, false).originals();
        Map<String, String> settings = new HashMap<>();
        resolved.forEach((name, value) -> {
            if (!name.startsWith(AbstractConfig.CONFIG_PROVIDERS_CONFIG)) {
                settings.put(name, String.valueOf(value));
            }
        });
        return settings;
    }

    /** The same for clients whose metrics {@code observer} hears of, besides those that are told anyway. */
    public ClientSettings observedBy(ClientObserver observer) {
        String reporters = overrides.getOrDefault(REPORTERS, JmxReporter.class.getName());
        String observing = ObserverReporter.class.getName();
        return new ClientSettings(
                bootstrapServers,
                overrides,
                format,
                Map.of(
                        REPORTERS,
                        reporters.isBlank() ? observing : reporters + "," + observing,
                        ObserverReporter.OBSERVER_CONFIG,
                        observer));
    }

    /** The same for records in another format than Avro's single-object encoding. */
    public ClientSettings withFormat(WireFormat newFormat) {
        return new ClientSettings(bootstrapServers, overrides, newFormat, reporting);
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** What records are written in, and read by beside Avro's single-object encoding. */
    public WireFormat format() {
        return format;
    }

    /** What the command-config file says. */
    public Map<String, String> overrides() {
        return overrides;
    }

    /** What has clients that are not made here observed too; wins over the command-config. Empty where nobody observes. */
    public Map<String, Object> reporting() {
        return reporting;
    }

    /** A client for topics. */
    public Admin newAdmin() {
        return Admin.create(adminSettings());
    }

    /** What {@link #newAdmin} is made with. */
    public Map<String, Object> adminSettings() {
        Map<String, Object> settings = common();
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 20_000);
        override(settings);
        return settings;
    }

    /**
     * A producer of whole records: {@code acks=all}, idempotent, one pooled buffer a partition.
     *
     * @param bufferBytes bound of what waits to be sent
     * @param patience how long a record may wait for its acknowledgement before it counts as failed
     */
    public KafkaProducer<String, byte[]> newProducer(int bufferBytes, Duration patience) {
        return newProducer(bufferBytes, patience, LINGER);
    }

    /**
     * The same, for records that somebody waits for.
     *
     * @param linger how long a record may wait for others to go with it
     */
    public KafkaProducer<String, byte[]> newProducer(int bufferBytes, Duration patience, Duration linger) {
        return new KafkaProducer<>(
                producerSettings(bufferBytes, patience, linger), new StringSerializer(), new ByteArraySerializer());
    }

    /** What {@link #newProducer(int, Duration)} is made with. */
    public Map<String, Object> producerSettings(int bufferBytes, Duration patience) {
        return producerSettings(bufferBytes, patience, LINGER);
    }

    private Map<String, Object> producerSettings(int bufferBytes, Duration patience, Duration linger) {
        int patienceMs = Math.toIntExact(patience.toMillis());
        int requestTimeoutMs = Math.min(15_000, Math.max(1000, patienceMs - 1000));
        Map<String, Object> settings = common();
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, MIB);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, linger.toMillis());
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, bufferBytes);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_RECORD_BYTES);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, requestTimeoutMs);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, patienceMs);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.max(patienceMs, requestTimeoutMs + 10));
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        override(settings);
        // A lane's order and completeness hang on these.
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        return settings;
    }

    /**
     * A consumer that is assigned partitions and seeks by itself: no group, nothing committed.
     *
     * @param valueDeserializer for example one that keeps a slice of the fetched bytes
     */
    public <V> KafkaConsumer<String, V> newConsumer(Deserializer<V> valueDeserializer) {
        return new KafkaConsumer<>(consumerSettings(), new StringDeserializer(), valueDeserializer);
    }

    /** What {@link #newConsumer} is made with. */
    public Map<String, Object> consumerSettings() {
        Map<String, Object> settings = common();
        settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 * MIB);
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 * MIB);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 64);
        settings.put(ConsumerConfig.CHECK_CRCS_CONFIG, true);
        override(settings);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return settings;
    }

    /** A consumer of values as byte arrays. */
    public KafkaConsumer<String, byte[]> newConsumer() {
        return newConsumer(new ByteArrayDeserializer());
    }

    private void override(Map<String, Object> settings) {
        settings.putAll(overrides);
        settings.putAll(reporting);
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    }

    private Map<String, Object> common() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(CommonClientConfigs.SEND_BUFFER_CONFIG, SOCKET_BUFFER_AUTO);
        settings.put(CommonClientConfigs.RECEIVE_BUFFER_CONFIG, SOCKET_BUFFER_AUTO);
        // Rebootstrapping has no backoff: with a lone broker gone, a client would spin on it.
        settings.put(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
        return settings;
    }
}
