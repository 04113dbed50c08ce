package io.godwit.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationStatus;
import io.godwit.directory.MigrationStatusCodec;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Dead letters and the directory's entries: what Avro's own reader reads, and what it must not let pass. */
class SmallRecordsTest {
    private static final DeadLetter LETTER =
            new DeadLetter("godwit.pages", 3, 1L << 40, 17, "vm", 2, -1, "record has 2 bytes after its last field", 5);

    static Stream<Codec> codecs() {
        MigrationStatus status = MigrationStatus.ofLane("vm", 2, MigrationState.FAILED, "agent", 3, "because", 99);
        return Stream.of(
                new Codec("dead letter", LETTER.encode(), DeadLetter::decode),
                new Codec("migration status", MigrationStatusCodec.encode(status), MigrationStatusCodec::decode));
    }

    @Test
    void aDeadLetterIsReadAsItWasWritten() throws Exception {
        assertThat(DeadLetter.decode(LETTER.encode())).isEqualTo(LETTER);
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
        SingleObjectCodec first = new SingleObjectCodec("entry", List.of(Schemas.MIGRATION_STATUS.get(0)));
        GenericRecord entry = new GenericRecordBuilder(first.schema())
                .set("migration", "vm")
                .set("attempt", 3)
                .set(
                        "state",
                        new GenericData.EnumSymbol(
                                first.schema().getField("state").schema(), "SENT"))
                .set("agent", "agent")
                .set("lanes", 4)
                .set("atMillis", 5L)
                .build();

        assertThat(MigrationStatusCodec.decode(first.encode(entry)))
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
