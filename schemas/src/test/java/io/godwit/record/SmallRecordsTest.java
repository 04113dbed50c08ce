package io.godwit.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationStatus;
import io.godwit.directory.MigrationStatusCodec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Dead letters, the directory's entries and checkpoints: what Avro's own reader reads, and what it must not let pass. */
class SmallRecordsTest {
    private static final DeadLetter LETTER =
            new DeadLetter("godwit.pages", 3, 1L << 40, 17, "vm", 2, -1, "record has 2 bytes after its last field", 5);

    private static final String CHECKPOINT = "0123456789abcdef".repeat(4);
    private static final CheckpointEntry ENTRY =
            new CheckpointEntry("base-1", CHECKPOINT, 4096, 1L << 40, 1L << 39, "ram-dir", 1L << 41);

    static Stream<Codec> codecs() {
        MigrationStatus status = MigrationStatus.ofLane("vm", 2, MigrationState.FAILED, "agent", 3, "because", 99);
        return Stream.of(
                new Codec("dead letter", LETTER.encode(), DeadLetter::decode),
                new Codec("migration status", MigrationStatusCodec.encode(status), MigrationStatusCodec::decode),
                new Codec("checkpoint entry", ENTRY.encode(), CheckpointEntry::decode),
                new Codec("checkpoint chunk", chunk(3, 4, 2).encode(), CheckpointChunk::decode));
    }

    @Test
    void aDeadLetterIsReadAsItWasWritten() throws Exception {
        assertThat(DeadLetter.decode(LETTER.encode())).isEqualTo(LETTER);
    }

    @Test
    void aCheckpointsNameIsReadAsItWasWritten() throws Exception {
        assertThat(CheckpointEntry.decode(ENTRY.encode())).isEqualTo(ENTRY);
    }

    @Test
    void aChunkIsReadAsItWasWritten() throws Exception {
        for (CheckpointChunk chunk : List.of(chunk(0, 1, 0), chunk(0, 2, CheckpointChunk.MAX_HASHES), chunk(1, 2, 7))) {
            CheckpointChunk read = CheckpointChunk.decode(chunk.encode());

            assertThat(read).usingRecursiveComparison().isEqualTo(chunk);
            assertThat(read.key()).isEqualTo(CHECKPOINT + "/" + chunk.chunk());
        }
    }

    @Test
    void aChunkOutOfRangeIsRefusedWhereItIsReadAsWhereItIsMade() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> chunk(0, 2, CheckpointChunk.MAX_HASHES - 1))
                .withMessage("chunk 0 of 2 has " + 32 * 4095 + " bytes of hashes");
        for (Map.Entry<String, Object> wrong : Map.<String, Object>of(
                        "checkpoint",
                        CHECKPOINT.toUpperCase(Locale.ROOT),
                        "pageSize",
                        4095,
                        "chunk",
                        2,
                        "chunks",
                        CheckpointChunk.MAX_CHUNKS + 1,
                        "hashes",
                        ByteBuffer.allocate(33))
                .entrySet()) {
            RecordCodec codec = new RecordCodec("chunk", Schemas.CHECKPOINT_CHUNK);
            GenericRecord value = new GenericRecordBuilder(codec.schema())
                    .set("checkpoint", CHECKPOINT)
                    .set("pageSize", 4096)
                    .set("chunk", 1)
                    .set("chunks", 2)
                    .set("hashes", ByteBuffer.allocate(64))
                    .set(wrong.getKey(), wrong.getValue())
                    .build();
            assertThatThrownBy(() -> CheckpointChunk.decode(codec.encode(value, WireFormat.SINGLE_OBJECT)))
                    .as(wrong.getKey())
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessageStartingWith("checkpoint chunk: ");
        }
    }

    @Test
    void asManyChunksAsHashesNeed() {
        assertThat(CheckpointChunk.chunksOf(0)).isOne();
        assertThat(CheckpointChunk.chunksOf(4096)).isOne();
        assertThat(CheckpointChunk.chunksOf(4097)).isEqualTo(2);
    }

    private static CheckpointChunk chunk(int chunk, int chunks, int hashes) {
        byte[] bytes = new byte[hashes * 32];
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] = (byte) (at * 31);
        }
        return new CheckpointChunk(CHECKPOINT, 4096, chunk, chunks, bytes);
    }

    @ParameterizedTest
    @EnumSource
    void anEntryOfAnyStateIsReadAsItWasWritten(MigrationState state) throws Exception {
        MigrationStatus status = new MigrationStatus(
                "vm", 7, state, "agent", "Zm9v", MigrationStatus.NO_LANE, 4, 1L << 40, "synthetic", "é", 1L << 41);

        assertThat(MigrationStatusCodec.decode(MigrationStatusCodec.encode(status)))
                .isEqualTo(status);
    }

    @Test
    void anEntryOfTheFirstVersionHandsNothingOver() throws Exception {
        assertThat(MigrationStatusCodec.decode(FirstStatus.sent(WireFormat.SINGLE_OBJECT)))
                .isEqualTo(new MigrationStatus(
                        "vm", 3, MigrationState.SENT, "agent", "", MigrationStatus.NO_LANE, 4, 0, "", "", 5));
    }

    @Test
    void statesAreTheSymbolsOfTheSchema() {
        Schema state =
                Schemas.latest(Schemas.MIGRATION_STATUS).getField("state").schema();
        assertThat(MigrationState.values()).extracting(Enum::name).containsExactlyElementsOf(state.getEnumSymbols());
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void aRecordCutAtAnyLengthIsRefused(Codec codec) {
        for (int length = 0; length < codec.written.length; length++) {
            byte[] cut = Arrays.copyOf(codec.written, length);
            assertThatThrownBy(() -> codec.reader.read(cut))
                    .as("cut at " + length)
                    .isInstanceOf(MalformedRecordException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void bytesBehindTheRecordAreRefused(Codec codec) {
        byte[] longer = Arrays.copyOf(codec.written, codec.written.length + 1);
        assertThatThrownBy(() -> codec.reader.read(longer))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage(codec.name + " of " + longer.length + " bytes goes on after its last field");
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void anUnknownFingerprintIsNamed(Codec codec) {
        byte[] unknown = codec.written.clone();
        Arrays.fill(unknown, 2, SingleObjectHeader.BYTES, (byte) 0xAB);
        assertThatThrownBy(() -> codec.reader.read(unknown))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessage(codec.name + " has the unknown schema fingerprint abababababababab:"
                        + " was it written by a newer version of Godwit?");
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void noBytesThrowAnythingElse(Codec codec) {
        for (int seed = 0; seed < 5_000; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            byte[] bytes = Arrays.copyOf(codec.written, SingleObjectHeader.BYTES + random.nextInt(60));
            for (int at = SingleObjectHeader.BYTES; at < bytes.length; at++) {
                boolean keep = at < codec.written.length && random.nextInt(4) > 0;
                bytes[at] = keep ? bytes[at] : (byte) random.nextInt();
            }
            try {
                codec.reader.read(bytes);
            } catch (MalformedRecordException e) {
                assertThat(e.getMessage()).as("seed " + seed).startsWith(codec.name);
            }
        }
    }

    private interface Reader {
        Object read(byte[] bytes) throws MalformedRecordException;
    }

    private record Codec(String name, byte[] written, Reader reader) {
        @Override
        public String toString() {
            return name;
        }
    }
}
