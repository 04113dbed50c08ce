package io.godwit.transformer.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationStatus;
import io.godwit.directory.MigrationStatusCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.DeadLetter;
import io.godwit.record.PageBatch;
import io.godwit.record.SchemaRegistry;
import io.godwit.record.StreamBody.DeviceState;
import io.godwit.record.StreamBody.StreamFailure;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.record.WireFormat;
import io.godwit.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The stream is in the transformer's format, whatever its sources write. */
final class WireFormatTest {
    private static final String LANE = "a/0";

    /** Numbers schemas from 0 on. */
    private static final class MemoryRegistry implements SchemaRegistry {
        private final List<String> schemas = new ArrayList<>();

        @Override
        public int id(String subject, String schema) {
            if (!schemas.contains(schema)) {
                schemas.add(schema);
            }
            return schemas.indexOf(schema);
        }

        @Override
        public Optional<String> schema(int id) {
            return id >= 0 && id < schemas.size() ? Optional.of(schemas.get(id)) : Optional.empty();
        }

        @Override
        public String name() {
            return "memory";
        }
    }

    private final Random random = new Random(20261120);
    private final WireFormat confluent = WireFormat.of(new MemoryRegistry());
    private TransformerHarness transformer;

    @AfterEach
    void close() {
        transformer.close();
    }

    private void start(WireFormat format) {
        FakeStreamTopics topics = new FakeStreamTopics();
        topics.create(Topics.stream("a"), "stream-a");
        transformer = new TransformerHarness(topics, TransformerHarness.BUDGET_BYTES, PayloadCompression.ZSTD, format);
    }

    @Test
    void recordsOfAnotherFormatLeaveInTheTransformersOwn() {
        start(confluent);
        List<StreamRecord> records = records();

        records.forEach(record -> transformer.send(LANE, StreamRecordEncoder.encode(record)));

        assertThat(values()).containsExactlyElementsOf(encoded(records, confluent));
    }

    @Test
    void recordsOfTheOwnFormatLeaveAsTheVeryBytesTheyCame() {
        start(confluent);
        List<StreamRecord> records = records();

        records.forEach(record -> transformer.send(LANE, StreamRecordEncoder.encode(record, confluent)));

        assertThat(values()).containsExactlyElementsOf(encoded(records, confluent));
    }

    @Test
    void refinedBatchesAreInTheTransformersFormat() throws Exception {
        start(confluent);
        transformer.send(LANE, StreamRecordEncoder.encode(Ingress.start()));
        byte[] page = randomPage();
        transformer.send(LANE, StreamRecordEncoder.encode(Ingress.pages(1, 0, page)));
        page[17]++;
        transformer.send(LANE, StreamRecordEncoder.encode(Ingress.pages(2, 0, page), confluent));

        List<byte[]> values = values();

        assertThat(values).allMatch(value -> value[0] == 0);
        StreamRecord delta = new StreamRecordDecoder(confluent).decode(values.get(2));
        assertThat(((PageBatch) delta.body()).payloadLength()).isLessThan(100);
    }

    @Test
    void whatIsToldOfLanesAndLettersIsInTheTransformersFormat() throws Exception {
        start(confluent);
        transformer.send(LANE, StreamRecordEncoder.encode(Ingress.start()));
        transformer.send(LANE, new byte[] {1, 2, 3});

        List<byte[]> statuses = shared(Topics.MIGRATIONS);
        List<byte[]> letters = shared(Topics.DEAD_LETTERS);
        List<byte[]> values = values();

        MigrationStatus last = MigrationStatusCodec.decode(statuses.get(statuses.size() - 1), confluent);
        assertThat(last.state()).isEqualTo(MigrationState.FAILED);
        assertThat(statuses).allMatch(value -> value[0] == 0);
        assertThat(letters).hasSize(1).allMatch(value -> value[0] == 0);
        assertThat(DeadLetter.decode(letters.get(0), confluent).migration()).isEqualTo("a");
        assertThat(new StreamRecordDecoder(confluent).decode(values.get(1)).body())
                .isInstanceOf(StreamFailure.class);
    }

    @Test
    void withoutARegistryARecordThatNeedsOneFailsItsLaneAndSaysWhy() throws Exception {
        start(WireFormat.SINGLE_OBJECT);
        transformer.send(LANE, StreamRecordEncoder.encode(Ingress.start()));
        transformer.send(LANE, StreamRecordEncoder.encode(Ingress.roundEnd(1), confluent));

        StreamRecord failed = transformer.stream("a").get(1);

        assertThat(((StreamFailure) failed.body()).reason()).contains("give --schema-registry, as its writer did");
    }

    private List<StreamRecord> records() {
        return List.of(
                Ingress.start(),
                Ingress.pages(1, 0, randomPage(), randomPage()),
                Ingress.roundEnd(2),
                new StreamRecord("a", 1, 0, 3, new DeviceState(0, true, new byte[] {1, 2})),
                Ingress.end(4));
    }

    private byte[] randomPage() {
        byte[] page = new byte[Ingress.PAGE];
        random.nextBytes(page);
        return page;
    }

    private static List<byte[]> encoded(List<StreamRecord> records, WireFormat format) {
        return records.stream()
                .map(record -> StreamRecordEncoder.encode(record, format))
                .toList();
    }

    private List<byte[]> values() {
        return transformer.raw("a").stream().map(TestRecord::value).toList();
    }

    private List<byte[]> shared(String topic) {
        return transformer
                .driver
                .createOutputTopic(topic, new StringDeserializer(), new ByteArrayDeserializer())
                .readValuesToList();
    }
}
