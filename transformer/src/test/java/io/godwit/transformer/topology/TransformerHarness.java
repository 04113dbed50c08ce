package io.godwit.transformer.topology;

import io.godwit.directory.MigrationStatus;
import io.godwit.directory.MigrationStatusCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.DeadLetter;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.PageBatch;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.record.WireFormat;
import io.godwit.topic.Topics;
import io.godwit.transformer.gate.StreamGate;
import io.godwit.transformer.processor.TaskServices;
import io.godwit.transformer.processor.TransformerCounters;
import io.godwit.transformer.store.PageCacheBudget;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The topology in Kafka's test driver: one task, one partition, so lane 0 is the one lane that a stream topic has. */
final class TransformerHarness implements AutoCloseable {
    static final long BUDGET_BYTES = 16 << 20;
    static final long CHECKPOINT_INDEX_BYTES = 1 << 20;

    final TransformerCounters counters = new TransformerCounters();
    final FakeStreamTopics topics;
    final PageCacheBudget budget;
    final TopologyTestDriver driver;
    private final TestInputTopic<String, byte[]> pages;
    private final TestInputTopic<String, byte[]> checkpoints;
    private long nextOffset;

    TransformerHarness(FakeStreamTopics topics, long budgetBytes, PayloadCompression compression) {
        this(topics, budgetBytes, compression, WireFormat.SINGLE_OBJECT);
    }

    TransformerHarness(FakeStreamTopics topics, long budgetBytes, PayloadCompression compression, WireFormat format) {
        this.topics = topics;
        budget = new PageCacheBudget(budgetBytes);
        StreamGate gate = new StreamGate(topics);
        Properties settings = StreamsSettings.of("test:1", "test", Path.of("target/streams-test"), 1, Map.of(), gate);
        // The test driver knows no group.
        settings.remove(StreamsConfig.GROUP_PROTOCOL_CONFIG);
        driver = new TopologyTestDriver(
                MigrationTopology.build(
                        new TaskServices(gate, counters, compression, format, "test-agent", Clock.systemUTC()),
                        budget,
                        CHECKPOINT_INDEX_BYTES),
                settings);
        pages = driver.createInputTopic(Topics.PAGES, new StringSerializer(), new ByteArraySerializer());
        checkpoints = driver.createInputTopic(Topics.CHECKPOINTS, new StringSerializer(), new ByteArraySerializer());
    }

    /** A transformer with the stream topics of migrations "a" and "b", ids "stream-a" and "stream-b". */
    static TransformerHarness start() {
        FakeStreamTopics topics = new FakeStreamTopics();
        topics.create(Topics.stream("a"), "stream-a");
        topics.create(Topics.stream("b"), "stream-b");
        return new TransformerHarness(topics, BUDGET_BYTES, PayloadCompression.ZSTD);
    }

    /** Pipes a record in. @return its ingress offset */
    long send(StreamRecord record) {
        return send(Topics.laneKey(record.migration(), record.lane()), StreamRecordEncoder.encode(record));
    }

    long send(String key, byte[] value) {
        pages.pipeInput(key, value);
        return nextOffset++;
    }

    /** Writes a record to the topic of checkpoints; null is a tombstone. */
    void index(String key, byte[] value) {
        checkpoints.pipeInput(key, value);
    }

    /** What came out on the migration's stream since the last call. */
    List<TestRecord<String, byte[]>> raw(String migration) {
        return driver.createOutputTopic(Topics.stream(migration), new StringDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    /** What came out on the migration's stream since the last call, decoded. */
    List<StreamRecord> stream(String migration) {
        List<StreamRecord> records = new ArrayList<>();
        for (TestRecord<String, byte[]> record : raw(migration)) {
            records.add(decode(record.value()));
        }
        return records;
    }

    /** The one record that came out on migration a's stream since the last call. */
    StreamRecord one() {
        List<StreamRecord> records = stream("a");
        if (records.size() != 1) {
            throw new AssertionError(records.size() + " records came out, not 1");
        }
        return records.get(0);
    }

    /** Sends a record of migration a and returns the batch that it became. */
    PageBatch sendBatch(StreamRecord record) {
        send(record);
        return (PageBatch) one().body();
    }

    List<DeadLetter> deadLetters() {
        List<DeadLetter> letters = new ArrayList<>();
        for (byte[] value : values(Topics.DEAD_LETTERS)) {
            try {
                letters.add(DeadLetter.decode(value));
            } catch (MalformedRecordException e) {
                throw new AssertionError(e);
            }
        }
        return letters;
    }

    List<MigrationStatus> statuses() {
        List<MigrationStatus> statuses = new ArrayList<>();
        for (byte[] value : values(Topics.MIGRATIONS)) {
            try {
                statuses.add(MigrationStatusCodec.decode(value));
            } catch (MalformedRecordException e) {
                throw new AssertionError(e);
            }
        }
        return statuses;
    }

    private List<byte[]> values(String topic) {
        Deserializer<String> keys = new StringDeserializer();
        return driver.createOutputTopic(topic, keys, new ByteArrayDeserializer())
                .readValuesToList();
    }

    static StreamRecord decode(byte[] value) {
        try {
            return new StreamRecordDecoder().decode(value);
        } catch (MalformedRecordException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        driver.close();
    }
}
