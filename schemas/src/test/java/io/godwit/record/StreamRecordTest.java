package io.godwit.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.payload.PayloadCompression;
import io.godwit.record.StreamBody.RoundEnd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The envelope's own reader and writer, against Avro's. */
class StreamRecordTest {
    private static final Schema V1 = Schemas.STREAM_RECORD.get(0);
    private static final StreamRecordDecoder DECODER = new StreamRecordDecoder();

    @Nested
    class BesideAvro {
        static List<StreamRecord> records() {
            return StreamRecords.all();
        }

        @ParameterizedTest
        @MethodSource("records")
        void aRecordIsWrittenAsAvroWritesIt(StreamRecord record) throws IOException {
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            new BinaryMessageEncoder<GenericRecord>(GenericData.get(), V1)
                    .encode(StreamRecords.generic(V1, record), expected);

            assertThat(StreamRecordEncoder.encode(record)).isEqualTo(expected.toByteArray());
        }

        @ParameterizedTest
        @MethodSource("records")
        void avroReadsWhatIsWritten(StreamRecord record) throws IOException {
            GenericRecord read = new BinaryMessageDecoder<GenericRecord>(GenericData.get(), V1)
                    .decode(StreamRecordEncoder.encode(record));

            // Through text: Avro's strings are not Java's.
            assertThat(read.toString())
                    .isEqualTo(StreamRecords.generic(V1, record).toString());
        }

        @ParameterizedTest
        @MethodSource("records")
        void whatAvroWritesIsRead(StreamRecord record) throws Exception {
            StreamRecord read = DECODER.decode(singleObject(V1, record, false));

            assertThat(StreamRecords.generic(V1, read)).isEqualTo(StreamRecords.generic(V1, record));
        }

        @ParameterizedTest
        @MethodSource("records")
        void arraysInBlocksWithTheirSizesAreRead(StreamRecord record) throws Exception {
            StreamRecord read = DECODER.decode(singleObject(V1, record, true));

            assertThat(StreamRecords.generic(V1, read)).isEqualTo(StreamRecords.generic(V1, record));
        }
    }

    @Nested
    class InPlace {
        private final StreamRecord record = new StreamRecord(
                "vm", 1, 0, 7, StreamRecords.batch(new SplittableRandom(1), 40, PayloadCompression.NONE));

        @Test
        void aPayloadIsASliceOfTheBytesThatWereRead() throws Exception {
            byte[] written = StreamRecordEncoder.encode(record);

            PageBatch batch = (PageBatch) DECODER.decode(written).body();

            assertThat(batch.payload()).isSameAs(written);
            assertThat(batch.payloadOffset() + batch.payloadLength()).isEqualTo(written.length);
        }

        @Test
        void aRecordIsReadFromTheMiddleOfAnArray() throws Exception {
            byte[] written = StreamRecordEncoder.encode(record);
            byte[] around = new byte[written.length + 30];
            Arrays.fill(around, (byte) 0xC3);
            System.arraycopy(written, 0, around, 11, written.length);

            StreamRecord read = DECODER.decode(around, 11, written.length);

            assertThat(StreamRecords.generic(V1, read)).isEqualTo(StreamRecords.generic(V1, record));
            assertThat(((PageBatch) read.body()).payload()).isSameAs(around);
        }

        @Test
        void whatWasReadIsWrittenAsTheSameBytes() throws Exception {
            byte[] written = StreamRecordEncoder.encode(record);

            assertThat(StreamRecordEncoder.encode(DECODER.decode(written))).isEqualTo(written);
        }
    }

    @Nested
    class BadBytes {
        static List<StreamRecord> records() {
            return StreamRecords.all();
        }

        @ParameterizedTest
        @MethodSource("records")
        void aRecordCutAtAnyLengthIsRefused(StreamRecord record) {
            byte[] written = StreamRecordEncoder.encode(record);
            for (int length = 0; length < written.length; length++) {
                int cut = length;
                assertThatThrownBy(() -> DECODER.decode(written, 0, cut))
                        .as("cut at " + cut)
                        .isInstanceOf(MalformedRecordException.class);
            }
        }

        @ParameterizedTest
        @MethodSource("records")
        void bytesBehindTheRecordAreRefused(StreamRecord record) {
            byte[] written = StreamRecordEncoder.encode(record);
            byte[] longer = Arrays.copyOf(written, written.length + 2);

            assertThatThrownBy(() -> DECODER.decode(longer))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessage("record has 2 bytes after its last field");
        }

        @ParameterizedTest
        @MethodSource("records")
        void aFlippedBitIsReadAsAnotherRecordOrRefused(StreamRecord record) {
            byte[] written = StreamRecordEncoder.encode(record);
            int bits = 8 * Math.min(written.length, 120);
            for (int bit = 0; bit < bits; bit++) {
                byte[] flipped = written.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                decodeOrRefuse(flipped, "bit " + bit);
            }
        }

        @Test
        void randomBytesAreRefusedOrReadButNothingElseHappens() throws Exception {
            byte[] header = Arrays.copyOf(
                    StreamRecordEncoder.encode(new StreamRecord("v", 1, 0, 0, new RoundEnd(1))),
                    SingleObjectHeader.BYTES);
            for (int seed = 0; seed < 20_000; seed++) {
                RandomGenerator random = new SplittableRandom(seed);
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                bytes.write(header);
                // A name, a place and a kind, so that the noise meets the fields of a body.
                bytes.write(new byte[] {2, 'v', 2, 0, 0, (byte) (2 * random.nextInt(7))});
                bytes.write(StreamRecords.bytes(random, random.nextInt(80)));
                decodeOrRefuse(bytes.toByteArray(), "seed " + seed);
            }
        }

        private static void decodeOrRefuse(byte[] bytes, String what) {
            try {
                assertThat(DECODER.decode(bytes)).as(what).isNotNull();
            } catch (MalformedRecordException e) {
                assertThat(e.getMessage()).as(what).isNotBlank();
            }
        }
    }

    @Nested
    class Bounds {
        @Test
        void anUnknownFingerprintIsNamed() {
            byte[] written = StreamRecordEncoder.encode(new StreamRecord("vm", 1, 0, 0, new RoundEnd(1)));
            Arrays.fill(written, 2, 10, (byte) 0xAB);

            assertThatThrownBy(() -> DECODER.decode(written))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessage("record has the unknown schema fingerprint abababababababab:"
                            + " was it written by a newer version of Godwit?");
        }

        @Test
        void anotherMarkerIsRefused() {
            byte[] json = "{\"migration\":\"vm\"}".getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> DECODER.decode(json))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessage(
                            "record begins neither with the marker of Avro's single-object encoding (c3 01) nor with"
                                    + " that of Confluent's wire format (00)");
        }

        @Test
        void aLengthIsBoundedBeforeItIsUsed() {
            assertRefused("field migration length is 4611686018427387904, not in 0..1024", out -> {
                out.writeLong(1L << 62);
            });
            assertRefused("field payload length is 2147483647, not in 0..8388608", out -> {
                place(out, StreamRecordDecoder.PAGE_BATCH);
                emptyBatch(out);
                out.writeLong(Integer.MAX_VALUE);
            });
            assertRefused("field payload has 4096 bytes, the record only 0 more", out -> {
                place(out, StreamRecordDecoder.PAGE_BATCH);
                emptyBatch(out);
                out.writeLong(4096);
            });
            assertRefused("field bytes length is 1048577, not in 0..1048576", out -> {
                place(out, StreamRecordDecoder.DEVICE_STATE);
                out.writeInt(0);
                out.writeBoolean(true);
                out.writeLong((1 << 20) + 1);
            });
        }

        @Test
        void aCountIsBoundedBeforeItIsUsed() {
            for (long count : new long[] {PageRuns.MAX_RUNS + 1, Long.MAX_VALUE, Long.MIN_VALUE, -1L - (1L << 40)}) {
                assertRefused("field runs has more than 4096 items", out -> {
                    place(out, StreamRecordDecoder.PAGE_BATCH);
                    out.writeInt(1);
                    out.writeInt(0);
                    out.writeLong(count);
                    out.writeLong(0);
                });
            }
        }

        @Test
        void blocksOfAnArrayAreBoundedTogether() {
            assertRefused("field runs has more than 0 items", out -> {
                place(out, StreamRecordDecoder.PAGE_BATCH);
                out.writeInt(1);
                out.writeInt(0);
                for (int run = 0; run <= PageRuns.MAX_RUNS; run++) {
                    out.writeLong(1);
                    out.writeLong(2L * run);
                    out.writeInt(1);
                    out.writeEnum(PageEncoding.ZERO.id());
                    out.writeInt(0);
                    out.writeLong(0);
                }
            });
        }

        @Test
        void aNumberOfMoreThan64BitsIsRefused() {
            assertRefused("field migration length is not a 64-bit number", out -> {
                for (int group = 0; group < 9; group++) {
                    out.writeFixed(new byte[] {(byte) 0xFF});
                }
                out.writeFixed(new byte[] {0x02});
            });
        }

        @Test
        void unknownKindsEncodingsAndCompressionsAreNamed() {
            assertRefused("field body is 6, not in 0..5", out -> place(out, 6));
            assertRefused("page encoding 5 is unknown", out -> {
                place(out, StreamRecordDecoder.PAGE_BATCH);
                out.writeInt(1);
                out.writeInt(0);
                out.writeLong(1);
                out.writeLong(0);
                out.writeInt(1);
                out.writeEnum(5);
            });
            assertRefused("payload compression 3 is unknown", out -> {
                place(out, StreamRecordDecoder.PAGE_BATCH);
                out.writeInt(1);
                out.writeInt(0);
                out.writeLong(0);
                out.writeInt(0);
                out.writeInt(0);
                out.writeEnum(3);
            });
        }

        @Test
        void aBooleanIsNothingButZeroOrOne() {
            assertRefused("field last is 2, not 0 or 1", out -> {
                place(out, StreamRecordDecoder.DEVICE_STATE);
                out.writeInt(0);
                out.writeFixed(new byte[] {2});
            });
        }

        @Test
        void whatTheValuesThemselvesRefuseIsBadDataHere() {
            assertRefused("migration name 'a/b' is not allowed", out -> {
                out.writeString("a/b");
            });
            assertRefused("page size 4095 is not a power of two", out -> {
                place(out, StreamRecordDecoder.STREAM_START);
                out.writeString("topic");
                out.writeInt(4095);
                out.writeLong(0);
                out.writeInt(1);
                out.writeInt(1);
                out.writeLong(0);
                out.writeString("ram-dir");
                out.writeLong(0);
            });
        }

        private static void emptyBatch(BinaryEncoder out) throws IOException {
            out.writeInt(1);
            out.writeInt(0);
            out.writeLong(0);
            out.writeInt(0);
            out.writeInt(0);
            out.writeEnum(PayloadCompression.NONE.id());
        }

        private static void place(BinaryEncoder out, int kind) throws IOException {
            out.writeString("vm");
            out.writeInt(1);
            out.writeInt(0);
            out.writeLong(0);
            out.writeIndex(kind);
        }

        private static void assertRefused(String message, Fields fields) {
            byte[] bytes = written(fields);
            assertThatThrownBy(() -> DECODER.decode(bytes))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessageContaining(message);
        }

        private static byte[] written(Fields fields) {
            try {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                byte[] header = new byte[SingleObjectHeader.BYTES];
                SingleObjectHeader.write(header, SingleObjectHeader.fingerprint(V1));
                bytes.write(header);
                BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);
                fields.write(out);
                return bytes.toByteArray();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private interface Fields {
            void write(BinaryEncoder out) throws IOException;
        }
    }

    @Nested
    class Shape {
        @Test
        void runsMustAscendAndNotBeEmpty() {
            assertRefused(runs -> {
                runs.add(8, 4, PageEncoding.ZERO, 0, 0);
                runs.add(11, 1, PageEncoding.ZERO, 0, 0);
            });
            assertRefused(runs -> runs.add(-1, 1, PageEncoding.ZERO, 0, 0));
            assertRefused(runs -> runs.add(0, 0, PageEncoding.ZERO, 0, 0));
            assertRefused(runs -> runs.add(0, -1, PageEncoding.ZERO, 0, 0));
            assertRefused(runs -> runs.add(Long.MAX_VALUE, Integer.MAX_VALUE, PageEncoding.ZERO, 0, 0));
            assertRefused(runs -> runs.add(0, 1, PageEncoding.XBZRLE, -1, 0));
        }

        @Test
        void aPayloadOverTheLimitIsRefusedBeforeAnyoneAllocatesForIt() {
            assertThatThrownBy(() -> decodeBatch(
                            runs -> {
                                runs.add(0, 1, PageEncoding.NORMAL, Integer.MAX_VALUE, 0);
                                runs.add(1, 1, PageEncoding.NORMAL, Integer.MAX_VALUE, 0);
                            },
                            PayloadCompression.ZSTD))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessage("payload of 4294967294 bytes is over the limit of 4194304");
        }

        @Test
        void anUncompressedPayloadIsAsLongAsItsRunsSay() {
            assertThatThrownBy(
                            () -> decodeBatch(runs -> runs.add(0, 1, PageEncoding.FILL, 1, 0), PayloadCompression.NONE))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessage("payload has 0 bytes, its runs 1");
        }

        private static void assertRefused(Consumer<PageRuns> fill) {
            assertThatThrownBy(() -> decodeBatch(fill, PayloadCompression.ZSTD))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessageContaining("run ");
        }

        private static void decodeBatch(Consumer<PageRuns> fill, PayloadCompression compression)
                throws MalformedRecordException {
            PageRuns runs = new PageRuns(1);
            fill.accept(runs);
            PageBatch batch = new PageBatch(1, 0, runs, 0, 0, compression, new byte[0], 0, 0);
            DECODER.decode(StreamRecordEncoder.encode(new StreamRecord("vm", 1, 0, 0, batch)));
        }
    }

    @Nested
    class OlderVersions {
        /** Version 1 without the two counts that have defaults, as if they had been added later. */
        private final Schema older = withoutCounts();

        private final StreamRecordDecoder decoder =
                new StreamRecordDecoder(List.of(older, V1), WireFormat.SINGLE_OBJECT);

        @Test
        void anOlderRecordIsResolvedToTheNewestVersion() throws Exception {
            for (StreamRecord record : StreamRecords.all()) {
                StreamRecord read = decoder.decode(singleObject(older, record, false));

                assertThat(StreamRecords.generic(V1, read)).isEqualTo(StreamRecords.generic(V1, withoutCounts(record)));
            }
        }

        @Test
        void anOlderRecordCutAtAnyLengthIsRefused() throws Exception {
            for (StreamRecord record : StreamRecords.all()) {
                byte[] written = singleObject(older, record, false);
                for (int length = 0; length < Math.min(written.length, 300); length++) {
                    int cut = length;
                    assertThatThrownBy(() -> decoder.decode(written, 0, cut))
                            .as("cut at " + cut)
                            .isInstanceOf(MalformedRecordException.class);
                }
            }
        }

        @Test
        void bytesBehindAnOlderRecordAreRefused() throws Exception {
            byte[] written = singleObject(older, StreamRecords.all().get(0), false);
            byte[] longer = Arrays.copyOf(written, written.length + 1);
            assertThatThrownBy(() -> decoder.decode(longer))
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessage("record of " + longer.length + " bytes goes on after its last field");
        }

        @Test
        void randomBytesInAnOlderVersionAreRefusedOrRead() {
            byte[] header = new byte[SingleObjectHeader.BYTES];
            SingleObjectHeader.write(header, SingleObjectHeader.fingerprint(older));
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

        private static StreamRecord withoutCounts(StreamRecord record) {
            if (!(record.body() instanceof PageBatch batch)) {
                return record;
            }
            return record.withBody(new PageBatch(
                    batch.round(),
                    batch.block(),
                    batch.runs(),
                    0,
                    0,
                    batch.compression(),
                    batch.payload(),
                    batch.payloadOffset(),
                    batch.payloadLength()));
        }

        private static Schema withoutCounts() {
            String json = V1.toString();
            String counts = "\\{\"name\":\"(unchanged|overflows)\"[^}]*},";
            String without = json.replaceAll(counts, "");
            assertThat(without).hasSizeLessThan(json.length() - 100);
            return new Schema.Parser().parse(without);
        }
    }

    private static byte[] singleObject(Schema schema, StreamRecord record, boolean inBlocks) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] header = new byte[SingleObjectHeader.BYTES];
        SingleObjectHeader.write(header, SingleObjectHeader.fingerprint(schema));
        bytes.write(header);
        BinaryEncoder encoder = inBlocks
                ? new EncoderFactory().configureBlockSize(64).blockingBinaryEncoder(bytes, null)
                : EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(schema).write(StreamRecords.generic(schema, record), encoder);
        encoder.flush();
        return bytes.toByteArray();
    }
}
