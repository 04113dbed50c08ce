package io.godwit.benchmarks.pipeline;

import io.godwit.client.ClientSettings;
import io.godwit.client.Replication;
import io.godwit.ramdir.MappedBlock;
import io.godwit.ramdir.RamDirectory;
import io.godwit.topic.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;

/**
 * The baseline: the same bytes through the same two hops, and nothing else. Source, Kafka Streams and sink are processes of
 * their own, with the client settings that Godwit's roles use; no page is looked at, nothing is compressed, the sink drops
 * what it reads.
 *
 * <p>Arguments: {@code source BOOTSTRAP IN RAM_DIR} | {@code streams BOOTSTRAP IN OUT STATE_DIR} | {@code sink BOOTSTRAP
 * OUT RECORDS}.
 */
final class BarePassThrough {
    static final int RECORD_BYTES = 256 << 10;
    /** Printed by {@code streams} and {@code sink} once they can be used. */
    static final String READY = "ready";

    static final int PARTITIONS = 4;

    private BarePassThrough() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        ClientSettings clients = ClientSettings.of(args[1]);
        switch (args[0]) {
            case "source" -> source(clients, args[2], Path.of(args[3]));
            case "streams" -> streams(args[1], args[2], args[3], args[4]);
            case "sink" -> sink(clients, args[2], Long.parseLong(args[3]));
            default -> throw new IllegalArgumentException("unknown role " + args[0]);
        }
    }

    static void createTopics(Admin admin, String... names) throws Exception {
        List<NewTopic> topics = new ArrayList<>();
        for (String name : names) {
            topics.add(new NewTopic(name, PARTITIONS, (short) Replication.BROKERS_CHOICE)
                    .configs(Map.of(
                            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                            String.valueOf(Topics.MAX_RECORD_BYTES),
                            TopicConfig.SEGMENT_BYTES_CONFIG,
                            String.valueOf(256 << 20))));
        }
        admin.createTopics(topics).all().get();
    }

    private static void source(ClientSettings clients, String topic, Path ramDirectory) throws IOException {
        RamDirectory directory = RamDirectory.open(ramDirectory);
        try (KafkaProducer<String, byte[]> producer = clients.newProducer(32 << 20, Duration.ofSeconds(30))) {
            int records = 0;
            for (int block = 0; block < directory.files().size(); block++) {
                long length = directory.manifest().blocks().get(block).length();
                try (MappedBlock memory =
                        MappedBlock.openReadOnly(directory.files().get(block), length)) {
                    for (long at = 0; at < length; at += RECORD_BYTES) {
                        byte[] value = new byte[(int) Math.min(RECORD_BYTES, length - at)];
                        memory.read(at, value, 0, value.length);
                        // A record that is lost keeps the sink from ending, which fails the run.
                        Future<RecordMetadata> unused =
                                producer.send(new ProducerRecord<>(topic, records % PARTITIONS, null, value));
                        records++;
                    }
                }
            }
            producer.flush();
        }
    }

    private static void streams(String bootstrap, String in, String out, String stateDirectory)
            throws InterruptedException {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, in);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
        settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 64);
        settings.put(StreamsConfig.POLL_MS_CONFIG, 20);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1000);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        settings.put("main.consumer.auto.offset.reset", "earliest");
        settings.put("main.consumer.max.poll.records", 64);
        settings.put("main.consumer.max.partition.fetch.bytes", 4 << 20);
        settings.put("main.consumer.fetch.max.bytes", 16 << 20);
        settings.put("main.consumer.fetch.max.wait.ms", 100);
        settings.put("producer.linger.ms", 5);
        settings.put("producer.batch.size", 1 << 20);
        settings.put("producer.max.request.size", Topics.MAX_RECORD_BYTES);
        settings.put("send.buffer.bytes", -1);
        settings.put("receive.buffer.bytes", -1);
        settings.put("group.protocol", "streams");
        Topology topology = new Topology();
        topology.addSource(
                "in", Serdes.String().deserializer(), Serdes.ByteArray().deserializer(), in);
        topology.addSink(
                "out", out, Serdes.String().serializer(), Serdes.ByteArray().serializer(), "in");
        KafkaStreams streams = new KafkaStreams(topology, settings);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            streams.close(Duration.ofSeconds(10));
            ended.countDown();
        }));
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING) {
                System.out.println(READY);
            }
        });
        streams.start();
        ended.await();
    }

    private static void sink(ClientSettings clients, String topic, long records) {
        try (KafkaConsumer<String, byte[]> consumer = clients.newConsumer(new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                partitions.add(new TopicPartition(topic, partition));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            partitions.forEach(consumer::position);
            System.out.println(READY);
            long seen = 0;
            long bytes = 0;
            long start = 0;
            while (seen < records) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    if (seen == 0) {
                        start = System.nanoTime();
                    }
                    seen++;
                    bytes += record.value().length;
                }
            }
            long millis = (System.nanoTime() - start) / 1_000_000;
            System.out.println("{\"durationMillis\":" + millis + ",\"bytes\":" + bytes + "}");
        }
    }
}
