package io.godwit.qemu.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.godwit.record.RamBlock;
import java.io.EOFException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class QemuStreamReaderTest {
    private static final int WHOLE = Integer.MAX_VALUE;
    /** A machine without a description ends in silence. */
    private static final String SILENT = "pc-without-description";

    static List<RecordedStream> recorded() {
        return RecordedStream.NAMES.stream().map(RecordedStream::of).toList();
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void whatARealQemuSentIsReadAsAnotherParserReadsIt(RecordedStream stream) throws Exception {
        assertIsRead(stream, WHOLE, false);
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void inWhateverPiecesItComes(RecordedStream stream) throws Exception {
        for (int most : new int[] {7, 4096, 70_000}) {
            assertIsRead(stream, most, true);
        }
    }

    @Test
    void byteByByteWithAPauseBeforeEach() throws Exception {
        assertIsRead(RecordedStream.of("microvm"), 1, true);
    }

    @Test
    void aStreamThatEndsWithoutDescriptionSaysThatItMayHaveEnded() throws Exception {
        QemuStreamReader reader =
                new QemuStreamReader(silentAtItsEnd(RecordedStream.of(SILENT).bytes()));
        QemuStreamReader.Item item;
        do {
            item = reader.next();
        } while (item != QemuStreamReader.Item.IDLE);

        assertThat(reader.mayHaveEnded()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void cutAnywhereItIsNeverTakenForWhole(RecordedStream stream) {
        Random random = new Random(1);
        for (int i = 0; i < 60; i++) {
            int length = random.nextInt(stream.bytes().length);
            byte[] cut = Arrays.copyOf(stream.bytes(), length);
            assertThatExceptionOfType(EOFException.class)
                    .as("%s cut to %d bytes", stream, length)
                    .isThrownBy(() -> ReadStream.of(ReadStream.inPieces(cut, WHOLE, false), 1))
                    .withMessageContaining("closed its stream after " + length + " bytes");
        }
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void damagedAnywhereItIsReadOrRefusedAndNothingElse(RecordedStream stream) {
        Random random = new Random(2);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = stream.bytes().clone();
            // Most of the bytes are pages: damage is sought where the structure is.
            int reach = i % 2 == 0 ? 1024 : damaged.length;
            for (int times = 1 + random.nextInt(4); times > 0; times--) {
                damaged[random.nextInt(reach)] = (byte) random.nextInt();
            }
            try {
                ReadStream read = ReadStream.of(ReadStream.inPieces(damaged, WHOLE, false), 1);
                assertThat(read.manifest).isNotNull();
            } catch (MalformedStreamException | EOFException e) {
                assertThat(e).hasMessageMatching("(?s).*(QEMU|stream|machine|configuration|capabilities|pages).*");
            } catch (IOException e) {
                throw new AssertionError("neither of the two", e);
            }
        }
    }

    @Test
    void rawBytesAreRefused() {
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            byte[] raw = new byte[random.nextInt(5000)];
            random.nextBytes(raw);
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> ReadStream.of(ReadStream.inPieces(raw, WHOLE, false), 1));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0x40, xbzrle off",
        "0x100, compress off",
        "0x200, multifd off",
        "0x80, RDMA",
        "0x0a, flags 0xa",
        "0x400, flags 0x400",
        "0x00, flags 0x0"
    })
    void recordsThatCannotBeCarriedAreNamed(String flags, String message) {
        StreamBytes stream = StreamBytes.withBlock("pc.ram", 1 << 20).part().be64(Integer.decode(flags));

        assertThatExceptionOfType(MalformedStreamException.class)
                .isThrownBy(() -> ReadStream.of(stream.input(), 1))
                .withMessageContaining(message);
    }

    @Test
    void otherLiveDevicesAreNamed() {
        StreamBytes vfio = StreamBytes.begun().start(9, "0000:00:04.0/vfio", 1);
        StreamBytes early = StreamBytes.begun().full(9, "vmem0/virtio-mem", 1);

        assertThatExceptionOfType(MalformedStreamException.class)
                .isThrownBy(() -> ReadStream.of(vfio.input(), 1))
                .withMessageContaining("0000:00:04.0/vfio\" sends its state beside RAM");
        assertThatExceptionOfType(MalformedStreamException.class)
                .isThrownBy(() -> ReadStream.of(early.input(), 1))
                .withMessageContaining("vmem0/virtio-mem\" sends its state before RAM");
    }

    @Test
    void postcopyIsNamedAndCommandsThatAreNotKnownArePassedOver() throws Exception {
        StreamBytes postcopy = StreamBytes.begun().command(3, new byte[16]);
        StreamBytes unknown = StreamBytes.begun().command(99, new byte[300]).command(2, new byte[] {0, 0, 0, 7});

        assertThatExceptionOfType(MalformedStreamException.class)
                .isThrownBy(() -> ReadStream.of(postcopy.input(), 1))
                .withMessageContaining("postcopy-ram off");
        assertThat(ReadStream.of(unknown.input(), 1).ping).isEqualTo(7);
    }

    @Test
    void blocksThatDoNotSumUpAreRefused() {
        StreamBytes tooLong = StreamBytes.begun().ramStart(8192).block("pc.ram", 12288);
        StreamBytes negative = StreamBytes.begun().ramStart(8192).block("pc.ram", -4096);
        StreamBytes uneven = StreamBytes.begun()
                .ramStart(8192)
                .block("pc.ram", 5000)
                .block("b", 3192)
                .be64(0x10);
        StreamBytes twice = StreamBytes.begun()
                .ramStart(8192)
                .block("a", 4096)
                .block("a", 4096)
                .be64(0x10);

        for (StreamBytes stream : List.of(tooLong, negative, uneven, twice)) {
            assertThatExceptionOfType(MalformedStreamException.class)
                    .isThrownBy(() -> ReadStream.of(stream.input(), 1));
        }
    }

    @Test
    void pagesOutsideTheirBlockOrOfNoneAreRefused() {
        StreamBytes outside = StreamBytes.withBlock("pc.ram", 8192)
                .part()
                .be64(8192 | 0x02)
                .name("pc.ram")
                .be8(0);
        StreamBytes stranger = StreamBytes.withBlock("pc.ram", 8192)
                .part()
                .be64(0x02)
                .name("other")
                .be8(0);
        StreamBytes none =
                StreamBytes.withBlock("pc.ram", 8192).part().be64(0x22).be8(0);

        assertThatExceptionOfType(MalformedStreamException.class)
                .isThrownBy(() -> ReadStream.of(outside.input(), 1))
                .withMessageContaining("offset 8192");
        assertThatExceptionOfType(MalformedStreamException.class)
                .isThrownBy(() -> ReadStream.of(stranger.input(), 1))
                .withMessageContaining("\"other\"");
        assertThatExceptionOfType(MalformedStreamException.class)
                .isThrownBy(() -> ReadStream.of(none.input(), 1))
                .withMessageContaining("names no RAM block");
    }

    @Test
    void theCurrentBlockOutlivesItsSection() throws Exception {
        StreamBytes stream = StreamBytes.withBlock("pc.ram", 16384)
                .part()
                .be64(0x02)
                .name("pc.ram")
                .be8(0)
                .be64(0x10)
                .footer()
                .part()
                .be64(4096 | 0x22)
                .be8(0)
                .be64(8192 | 0x22)
                .be8(0)
                .be64(0x10)
                .footer();

        assertThat(ReadStream.of(stream.input(), 1).zeroCounts[0]).isEqualTo(3);
    }

    @Test
    void aDescriptionThatDeviceStateOnlySeemsToEndWithIsNoEnd() throws Exception {
        // An end mark, a description's mark and a length that is one short: it goes on.
        StreamBytes stream = StreamBytes.withBlock("pc.ram", 4096)
                .end()
                .raw(new byte[] {4, 0, 6, 0, 0, 0, 1, '{', '}'})
                .raw(new byte[] {0, 6, 0, 0, 0, 2, '{', '}'});

        ReadStream read = ReadStream.of(stream.input(), 1);

        assertThat(read.ended).isTrue();
        assertThat(read.deviceState.size()).isEqualTo(17);
    }

    private static void assertIsRead(RecordedStream stream, int most, boolean pauses) throws Exception {
        boolean silent = stream.name().equals(SILENT);
        StreamInput input = silent ? silentAtItsEnd(stream.bytes()) : ReadStream.inPieces(stream.bytes(), most, pauses);
        ReadStream read = ReadStream.of(input, silent ? 1 : WHOLE);
        JsonNode expected = stream.expected();

        assertThat(read.ended).isEqualTo(!silent);
        assertThat(read.preamble).hasSize(expected.get("preambleBytes").asInt());
        assertThat(new String(read.preamble, US_ASCII))
                .contains(expected.get("machine").asText());
        assertThat(read.ping).isEqualTo(expected.get("ping").asInt());
        assertBlocks(read, expected.get("blocks"));
        assertThat(read.deviceState.size())
                .isEqualTo(expected.get("deviceStateBytes").asInt());
        assertThat(HexFormat.of().formatHex(sha256(read.deviceState.toByteArray())))
                .isEqualTo(expected.get("deviceStateSha256").asText());
    }

    private static void assertBlocks(ReadStream read, JsonNode expected) throws Exception {
        List<RamBlock> blocks = new ArrayList<>();
        for (JsonNode block : expected) {
            int number = blocks.size();
            blocks.add(
                    new RamBlock(block.get("id").asText(), block.get("length").asLong()));
            assertThat(read.pageCounts[number]).isEqualTo(block.get("pages").asInt());
            assertThat(read.zeroCounts[number]).isEqualTo(block.get("zeros").asInt());
        }
        assertThat(read.manifest.blocks()).isEqualTo(blocks);
        assertThat(read.pages).isNotEmpty();
        for (var page : read.pages.entrySet()) {
            byte[] seed = sha256(page.getKey().getBytes(US_ASCII));
            for (int at = 0; at < page.getValue().length; at += seed.length) {
                assertThat(Arrays.equals(page.getValue(), at, at + seed.length, seed, 0, seed.length))
                        .as(page.getKey())
                        .isTrue();
            }
        }
    }

    /** All at once, then nothing, as of a QEMU that waits. */
    private static StreamInput silentAtItsEnd(byte[] bytes) {
        StreamInput all = ReadStream.inPieces(bytes, WHOLE, false);
        return target -> Math.max(0, all.read(target));
    }

    private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }
}
