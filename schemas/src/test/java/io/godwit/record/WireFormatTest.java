package io.godwit.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationStatus;
import io.godwit.directory.MigrationStatusCodec;
import io.godwit.record.StreamBody.RoundEnd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class WireFormatTest {
    private static final Schema V1 = Schemas.STREAM_RECORD.get(0);
    private static final StreamRecord RECORD = new StreamRecord("vm", 1, 2, 3, new RoundEnd(4));

    private final MemoryRegistry registry = new MemoryRegistry();
    private final WireFormat confluent = WireFormat.of(registry);
    private final StreamRecordDecoder decoder = new StreamRecordDecoder(confluent);

    @Test
    void theSameBodyFollowsEitherHeader() {
        for (StreamRecord record : StreamRecords.all()) {
            byte[] single = StreamRecordEncoder.encode(record);
            byte[] registered = StreamRecordEncoder.encode(record, confluent);

            assertThat(ByteBuffer.wrap(registered).get()).isZero();
            assertThat(ByteBuffer.wrap(registered, 1, 4).getInt()).isEqualTo(1000);
            assertThat(Arrays.copyOfRange(registered, 5, registered.length))
                    .isEqualTo(Arrays.copyOfRange(single, 10, single.length));
        }
    }

    @Test
    void aReaderTakesBothFormatsByTurns() throws Exception {
        for (StreamRecord record : StreamRecords.all()) {
            byte[] single = StreamRecordEncoder.encode(record);

            assertThat(StreamRecordEncoder.encode(decoder.decode(single))).isEqualTo(single);
            assertThat(StreamRecordEncoder.encode(decoder.decode(StreamRecordEncoder.encode(record, confluent))))
                    .isEqualTo(single);
        }
    }

    @Test
    void aPayloadIsReadInPlaceInEitherFormat() throws Exception {
        for (StreamRecord record : StreamRecords.all()) {
            byte[] written = StreamRecordEncoder.encode(record, confluent);
            if (decoder.decode(written).body() instanceof PageBatch batch) {
                assertThat(batch.payload()).isSameAs(written);
            }
        }
    }

    @Test
    void theRegistryIsAskedOnceForWhatIsWrittenAndOnceForWhatIsRead() throws Exception {
        for (int turn = 0; turn < 10; turn++) {
            decoder.decode(StreamRecordEncoder.encode(RECORD, confluent));
        }

        assertThat(registry.idsAsked).isOne();
        assertThat(registry.schemasAsked).isOne();
    }

    @Test
    void whatWasPreparedIsWrittenWithoutTheRegistry() {
        confluent.prepare(Schemas.STREAM_RECORD);
        registry.isDown = true;

        assertThat(StreamRecordEncoder.encode(RECORD, confluent)).isNotEmpty();
    }

    @Test
    void aRegistryThatIsDownIsNoFaultOfTheRecordAndIsAskedAgain() throws Exception {
        byte[] written = StreamRecordEncoder.encode(RECORD, confluent);
        registry.isDown = true;
        assertThatThrownBy(() -> decoder.decode(written))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the registry is down");
        registry.isDown = false;

        assertThat(decoder.decode(written)).isEqualTo(RECORD);
    }

    @Test
    void withoutARegistryConfluentsFormatIsRefusedWithWhatToDo() {
        byte[] written = StreamRecordEncoder.encode(RECORD, confluent);

        assertThatThrownBy(() -> new StreamRecordDecoder().decode(written))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage(
                        "record is in Confluent's wire format (schema id 1000), which cannot be read without a registry:"
                                + " give --schema-registry, as its writer did");
        assertThat(WireFormat.SINGLE_OBJECT.lacksRegistryFor(written)).isTrue();
        assertThat(WireFormat.SINGLE_OBJECT.lacksRegistryFor(StreamRecordEncoder.encode(RECORD)))
                .isFalse();
        assertThat(confluent.lacksRegistryFor(written)).isFalse();
    }

    @Test
    void anIdThatTheRegistryDoesNotKnowIsRefused() {
        byte[] written = StreamRecordEncoder.encode(RECORD, confluent);
        written[1] = (byte) 0xFF;

        assertThatThrownBy(() -> decoder.decode(written))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage(
                        "record has schema id -16776216, which the registry memory does not know: was it written with"
                                + " another registry?");
    }

    @Test
    void aSchemaOfSomethingElseIsRefused() {
        byte[] letter = new DeadLetter("t", 0, 0, 0, "", -1, -1, "", 0).encode(confluent);

        assertThatThrownBy(() -> decoder.decode(letter))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage(
                        "record has schema id 1000, which is of io.godwit.DeadLetter, not of io.godwit.StreamRecord");
    }

    @Test
    void aSchemaThatIsNoneIsRefused() {
        byte[] written = StreamRecordEncoder.encode(RECORD, confluent);
        ByteBuffer.wrap(written).putInt(1, registry.add("syntax = \"proto3\";"));

        assertThatThrownBy(() -> decoder.decode(written))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageStartingWith("record has schema id 1001, which is not a schema of Avro: ");
    }

    @Test
    void aRecordCutAtAnyLengthIsRefused() {
        byte[] written = StreamRecordEncoder.encode(RECORD, confluent);
        for (int length = 0; length < written.length; length++) {
            int cut = length;
            assertThatThrownBy(() -> decoder.decode(written, 0, cut))
                    .as("cut at " + cut)
                    .isInstanceOf(MalformedRecordException.class);
        }
    }

    @Test
    void randomBytesBehindTheHeaderAreRefusedOrRead() {
        byte[] header = Arrays.copyOf(StreamRecordEncoder.encode(RECORD, confluent), ConfluentHeader.BYTES);
        for (int seed = 0; seed < 5_000; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            byte[] bytes = Arrays.copyOf(header, header.length + random.nextInt(80));
            byte[] noise = StreamRecords.bytes(random, bytes.length - header.length);
            System.arraycopy(noise, 0, bytes, header.length, noise.length);
            try {
                assertThat(decoder.decode(bytes)).isNotNull();
            } catch (MalformedRecordException e) {
                assertThat(e.getMessage()).as("seed " + seed).isNotBlank();
            }
        }
    }

    @Test
    void isWrittenAsTellsFormatAndVersion() {
        byte[] single = StreamRecordEncoder.encode(RECORD);
        byte[] registered = StreamRecordEncoder.encode(RECORD, confluent);

        assertThat(confluent.isWrittenAs(Schemas.STREAM_RECORD, registered)).isTrue();
        assertThat(confluent.isWrittenAs(Schemas.STREAM_RECORD, single)).isFalse();
        assertThat(confluent.isWrittenAs(Schemas.DEAD_LETTER, registered)).isFalse();
        assertThat(confluent.isWrittenAs(Schemas.STREAM_RECORD, new byte[4])).isFalse();
        assertThat(WireFormat.SINGLE_OBJECT.isWrittenAs(Schemas.STREAM_RECORD, single))
                .isTrue();
        assertThat(WireFormat.SINGLE_OBJECT.isWrittenAs(Schemas.STREAM_RECORD, registered))
                .isFalse();
    }

    @Test
    void smallRecordsTravelInEitherFormat() throws Exception {
        MigrationStatus status = new MigrationStatus(
                "vm", 7, MigrationState.SENT, "agent", "Zm9v", MigrationStatus.NO_LANE, 4, 1, "synthetic", "", 5);
        DeadLetter letter = new DeadLetter("godwit.pages", 3, 4, 17, "vm", 2, -1, "reason", 5);

        assertThat(MigrationStatusCodec.decode(MigrationStatusCodec.encode(status, confluent), confluent))
                .isEqualTo(status);
        assertThat(MigrationStatusCodec.decode(MigrationStatusCodec.encode(status), confluent))
                .isEqualTo(status);
        assertThat(DeadLetter.decode(letter.encode(confluent), confluent)).isEqualTo(letter);
        assertThat(DeadLetter.decode(letter.encode(), confluent)).isEqualTo(letter);
    }

    /** Readers and writers of different versions: what neither has in its jar, the registry tells. */
    @Nested
    class Versions {
        @Test
        void anOlderReaderReadsWhatANewerWriterAdded() throws Exception {
            Schema newer = versionOneWith("{\"name\":\"urgency\",\"type\":\"int\",\"default\":0},");
            GenericRecord written = StreamRecords.generic(newer, RECORD);
            written.put("urgency", 9);

            assertThat(decoder.decode(registered(newer, written))).isEqualTo(RECORD);
        }

        @Test
        void aNewerReaderReadsWhatAnOlderWriterDidNotHave() throws Exception {
            // The counts have defaults, so to this reader a writer without them is an older one.
            Schema older = new Schema.Parser()
                    .parse(V1.toString().replaceAll("\\{\"name\":\"(unchanged|overflows)\"[^}]*},", ""));
            assertThat(older).isNotEqualTo(V1);
            for (StreamRecord record : StreamRecords.all()) {
                StreamRecord read = decoder.decode(registered(older, StreamRecords.generic(older, record)));

                assertThat(read.place()).isEqualTo(record.place());
                if (read.body() instanceof PageBatch batch) {
                    assertThat(batch.unchanged()).isZero();
                    assertThat(batch.payloadLength()).isEqualTo(((PageBatch) record.body()).payloadLength());
                }
            }
        }

        @Test
        void aBodyThatAnOlderReaderDoesNotKnowIsRefused() throws Exception {
            Schema newer = new Schema.Parser()
                    .parse(V1.toString()
                            .replace(
                                    "{\"type\":\"record\",\"name\":\"StreamFailure\"",
                                    "{\"type\":\"record\",\"name\":\"Novelty\",\"fields\":[]},"
                                            + "{\"type\":\"record\",\"name\":\"StreamFailure\""));
            GenericRecord written = StreamRecords.generic(V1, RECORD);
            GenericRecord novel = new GenericData.Record(newer);
            for (String field : List.of("migration", "attempt", "lane", "sequence")) {
                novel.put(field, written.get(field));
            }
            novel.put(
                    "body",
                    new GenericData.Record(
                            newer.getField("body").schema().getTypes().get(5)));

            assertThatThrownBy(() -> decoder.decode(registered(newer, novel)))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessageContaining("Novelty");
        }

        @Test
        void anEntryOfTheSecondVersionIsReadByTheFirst() throws Exception {
            MigrationStatus status = new MigrationStatus(
                    "vm", 7, MigrationState.SENT, "agent", "Zm9v", MigrationStatus.NO_LANE, 4, 1, "elf", "", 5);

            GenericRecord read = FirstStatus.CODEC.decode(MigrationStatusCodec.encode(status, confluent), confluent);

            assertThat(read.get("migration")).hasToString("vm");
            assertThat(read.get("attempt")).isEqualTo(7);
            assertThat(read.getSchema()).isEqualTo(Schemas.MIGRATION_STATUS.get(0));
        }

        @Test
        void anEntryOfTheFirstVersionIsReadByTheSecond() throws Exception {
            MigrationStatus read = MigrationStatusCodec.decode(FirstStatus.sent(confluent), confluent);

            assertThat(read.migration()).isEqualTo("vm");
            assertThat(read.state()).isEqualTo(MigrationState.SENT);
        }

        /** Version 1 of the envelope with one more field, in front of its body. */
        private Schema versionOneWith(String field) {
            return new Schema.Parser().parse(V1.toString().replace("{\"name\":\"body\"", field + "{\"name\":\"body\""));
        }

        private byte[] registered(Schema schema, GenericRecord record) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write(ConfluentHeader.of(registry.add(schema.toString())));
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
            return bytes.toByteArray();
        }
    }
}
