package io.godwit.cli.pipeline;

import static org.awaitility.Awaitility.await;

import io.godwit.cli.Godwit;
import io.godwit.cli.broker.BrokerException;
import io.godwit.cli.broker.BrokerOptions;
import io.godwit.cli.broker.EmbeddedBroker;
import io.godwit.client.ClientSettings;
import io.godwit.client.Replication;
import io.godwit.consumer.ReceiveOptions;
import io.godwit.consumer.Receiver;
import io.godwit.directory.MigrationDirectory;
import io.godwit.directory.MigrationView;
import io.godwit.payload.PayloadCompression;
import io.godwit.producer.SendOptions;
import io.godwit.producer.SendReport;
import io.godwit.producer.Sender;
import io.godwit.producer.source.MemorySource;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.record.WireFormat;
import io.godwit.registry.RegistryClient;
import io.godwit.report.RoleReport;
import io.godwit.topic.Topics;
import io.godwit.transformer.TransformException;
import io.godwit.transformer.Transformer;
import io.godwit.transformer.TransformerConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A real broker in this JVM, that can be stopped and started, and what tests do with it. */
public final class Cluster implements AutoCloseable {
    /** How long senders wait for a broker that is away, and for the transformer. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int LANES = 4;
    static final int PAGE_CACHE_BYTES = 64 << 20;
    private static final int PRODUCER_BYTES = 16 << 20;

    private final Path directory;
    private final List<Transformer> transformers = new ArrayList<>();
    private EmbeddedBroker broker;
    private final int port;
    private final Map<String, String> overrides;
    private WireFormat format = WireFormat.SINGLE_OBJECT;
    private List<String> registryOptions = List.of();

    private Cluster(Path directory, EmbeddedBroker broker, int port, Map<String, String> overrides) {
        this.directory = directory;
        this.broker = broker;
        this.port = port;
        this.overrides = overrides;
    }

    public static Cluster start(Path directory) throws BrokerException {
        EmbeddedBroker broker = EmbeddedBroker.start(new BrokerOptions(0, directory.resolve("broker")));
        return of(directory, broker, Map.of());
    }

    /** With a broker that is set up otherwise, and what clients have to know for that. */
    static Cluster of(Path directory, EmbeddedBroker broker, Map<String, String> overrides) {
        String address = broker.bootstrapServers();
        return new Cluster(
                directory, broker, Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)), overrides);
    }

    /** With a broker that is somebody else's to start and stop. */
    static Cluster of(Path directory, int port) {
        return new Cluster(directory, null, port, Map.of());
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** From now on, roles and commands have the schemas of a registry. */
    public void useRegistry(String url) {
        format = WireFormat.of(new RegistryClient(url, Map.of(), true));
        registryOptions = List.of("--schema-registry", url);
    }

    /** What leads a command here. */
    public List<String> options() {
        List<String> options = new ArrayList<>(List.of("--bootstrap-server", bootstrapServers()));
        options.addAll(registryOptions);
        return options;
    }

    ClientSettings clients() {
        return new ClientSettings(bootstrapServers(), overrides).withFormat(format);
    }

    public void stopBroker() {
        broker.close();
    }

    /** Starts the broker again, on the same data and port. */
    public void startBroker() throws BrokerException {
        broker = EmbeddedBroker.start(new BrokerOptions(port, directory.resolve("broker")));
    }

    /** A transformer in this JVM, until the cluster is closed. */
    public Transformer transform() throws TransformException, InterruptedException {
        return transform(PAGE_CACHE_BYTES);
    }

    Transformer transform(long pageCacheBytes) throws TransformException, InterruptedException {
        return transform(pageCacheBytes, overrides);
    }

    /** A transformer with settings of Kafka Streams. */
    Transformer transform(long pageCacheBytes, Map<String, String> overrides)
            throws TransformException, InterruptedException {
        return transform(pageCacheBytes, new ClientSettings(bootstrapServers(), overrides).withFormat(format));
    }

    /** A transformer with clients of its own. */
    Transformer transform(long pageCacheBytes, ClientSettings clients) throws TransformException, InterruptedException {
        Transformer transformer = new Transformer(new TransformerConfig(
                clients,
                TransformerConfig.DEFAULT_APPLICATION_ID,
                directory.resolve("transformer-" + transformers.size()),
                pageCacheBytes,
                1,
                PayloadCompression.ZSTD,
                Replication.OF_BROKERS));
        transformers.add(transformer);
        transformer.start();
        return transformer;
    }

    Background<SendReport> send(String migration, MemorySource source) {
        return send(SendOptions.of(migration).withLanes(LANES), source);
    }

    Background<SendReport> send(SendOptions options, MemorySource source) {
        return sendAsIs(options.withPatience(PATIENCE), source);
    }

    /** With the options' own patience. */
    Background<SendReport> sendAsIs(SendOptions options, MemorySource source) {
        Sender sender = new Sender(options, source, clients());
        return Background.start("send " + options.migration(), sender::send);
    }

    Background<RoleReport> receive(String migration, Path ramDirectory) {
        return receive(ReceiveOptions.of(migration, ramDirectory));
    }

    Background<RoleReport> receive(ReceiveOptions options) {
        Receiver receiver = new Receiver(options, clients());
        return Background.start("receive " + options.migration(), receiver::receive);
    }

    /** Waits until the migration's stream has so many records, of all lanes together. */
    void awaitStream(String migration, long records) {
        await().atMost(Background.PATIENCE).until(() -> records(Topics.stream(migration)) >= records);
    }

    /** Waits until all that the ingress has of the migration by now is on its stream: as many records there as here. */
    void awaitTransformed(String migration) {
        awaitStream(migration, readIngress(migration).size());
    }

    long records(String topic) {
        return endOffsets(topic).stream().mapToLong(Long::longValue).sum();
    }

    /** The records of a topic, by partition. */
    List<List<ConsumerRecord<String, byte[]>>> read(String topic) {
        List<List<ConsumerRecord<String, byte[]>>> partitions = new ArrayList<>();
        List<Long> ends = endOffsets(topic);
        try (KafkaConsumer<String, byte[]> consumer = clients().newConsumer()) {
            for (int partition = 0; partition < ends.size(); partition++) {
                TopicPartition assigned = new TopicPartition(topic, partition);
                consumer.assign(List.of(assigned));
                consumer.seekToBeginning(List.of(assigned));
                List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
                while (consumer.position(assigned) < ends.get(partition)) {
                    consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                }
                partitions.add(records);
            }
        }
        return partitions;
    }

    /** The records of a migration's stream that can be read, by lane. */
    List<List<StreamRecord>> readStream(String migration) throws MalformedRecordException {
        StreamRecordDecoder decoder = new StreamRecordDecoder();
        List<List<StreamRecord>> lanes = new ArrayList<>();
        for (List<ConsumerRecord<String, byte[]>> partition : read(Topics.stream(migration))) {
            List<StreamRecord> lane = new ArrayList<>();
            for (ConsumerRecord<String, byte[]> record : partition) {
                lane.add(decoder.decode(record.value()));
            }
            lanes.add(lane);
        }
        return lanes;
    }

    /** The migration's records in the ingress, in the order of each lane. */
    List<ConsumerRecord<String, byte[]>> readIngress(String migration) {
        return read(Topics.PAGES).stream()
                .flatMap(List::stream)
                .filter(record -> record.key() != null && record.key().startsWith(migration + "/"))
                .toList();
    }

    /** Appends a record as it is. */
    void append(String topic, int partition, String key, byte[] value) {
        append(List.of(new ProducerRecord<>(topic, partition, key, value)));
    }

    /** Appends records in their order. */
    void append(List<ProducerRecord<String, byte[]>> records) {
        try (KafkaProducer<String, byte[]> producer = clients().newProducer(PRODUCER_BYTES, PATIENCE)) {
            records.forEach(record -> {
                var unused = producer.send(record);
            });
            producer.flush();
        }
    }

    /** Runs a command in this JVM. */
    public Command run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(options());
        return Command.run(all.toArray(String[]::new));
    }

    /** What a command did. */
    public record Command(int status, String out, String err) {
        /** Runs a command that needs no cluster in this JVM. */
        public static Command run(String... arguments) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            int status = Godwit.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
            return new Command(status, out.toString(), err.toString());
        }

        /** The last line on standard error: what an operator is told. */
        public String message() {
            return err.lines().reduce("", (before, line) -> line);
        }
    }

    public Optional<MigrationView> find(String migration) {
        try (MigrationDirectory migrations = new MigrationDirectory(clients(), PATIENCE)) {
            return migrations.find(migration);
        }
    }

    Admin newAdmin() {
        return clients().newAdmin();
    }

    @Override
    public void close() {
        transformers.forEach(Transformer::close);
        // Test classes keep their cluster in a static field, and a transformer keeps its page cache's memory.
        transformers.clear();
        if (broker != null) {
            broker.close();
        }
    }

    private List<Long> endOffsets(String topic) {
        try (Admin admin = newAdmin();
                KafkaConsumer<String, byte[]> consumer = clients().newConsumer()) {
            TopicDescription description = admin.describeTopics(List.of(topic))
                    .topicNameValues()
                    .get(topic)
                    .get();
            List<TopicPartition> partitions = description.partitions().stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            var ends = consumer.endOffsets(partitions);
            return partitions.stream().map(ends::get).toList();
        } catch (ExecutionException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
