package io.godwit.qemu.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PreambleTest {
    private static final String HEADER = "5145564d00000003";
    private static final String MACHINE = "07" + "0000000e" + ascii("pc-i440fx-10.0");
    private static final String PAGE_BITS = "051e" + ascii("configuration/target-page-bits") + "00000001" + "0000000c";
    private static final String UUID =
            "0512" + ascii("configuration/uuid") + "00000001" + "000102030405060708090a0b0c0d0e0f";
    private static final String CAPABILITIES =
            "051a" + ascii("configuration/capabilities") + "00000001" + "00000001" + "0f" + ascii("x-ignore-shared");

    @Test
    void endsWhereTheFirstSectionBegins() throws Exception {
        byte[] whole = hex(HEADER + MACHINE + PAGE_BITS + UUID);
        byte[] followed = hex(HEADER + MACHINE + PAGE_BITS + UUID + "0400000007");

        for (byte[] deviceState : new byte[][] {whole, followed}) {
            Preamble preamble = Preamble.parse(deviceState);
            assertThat(preamble.length()).isEqualTo(whole.length);
            assertThat(preamble.toBytes()).isEqualTo(whole);
            assertThat(preamble.machine()).isEqualTo("pc-i440fx-10.0");
        }
    }

    @Test
    void namesTheCapabilityRightBehindTheMachine() throws Exception {
        Preamble preamble = Preamble.parse(hex(HEADER + MACHINE + PAGE_BITS));

        assertThat(preamble.canIgnoreShared()).isTrue();
        assertThat(preamble.ignoringShared()).isEqualTo(hex(HEADER + MACHINE + CAPABILITIES + PAGE_BITS));
        assertThat(Preamble.parse(preamble.ignoringShared()).canIgnoreShared()).isFalse();
    }

    @Test
    void hasNoPlaceForItWithoutConfiguration() throws Exception {
        Preamble preamble = Preamble.parse(hex(HEADER));

        assertThat(preamble.machine()).isEmpty();
        assertThat(preamble.canIgnoreShared()).isFalse();
        assertThatThrownBy(preamble::ignoringShared).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void isReadFromWhatRealQemusSent() throws Exception {
        for (String name : RecordedStream.NAMES) {
            byte[] stream = RecordedStream.of(name).bytes();
            Preamble preamble = Preamble.parse(stream);

            assertThat(stream).startsWith(preamble.toBytes());
            assertThat(stream[preamble.length()]).isIn((byte) 0x01, (byte) 0x04, (byte) 0x08);
        }
    }

    @Test
    void isRefusedWhereItIsCutOff() throws Exception {
        byte[] whole = hex(HEADER + MACHINE + PAGE_BITS);
        int[] ends = {8, 8 + 5 + 14, whole.length};
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (Arrays.binarySearch(ends, length) >= 0) {
                assertThat(Preamble.parse(cut).length()).isEqualTo(length);
            } else {
                assertThatThrownBy(() -> Preamble.parse(cut))
                        .as("%d bytes", length)
                        .isInstanceOf(MalformedStreamException.class);
            }
        }
    }

    @Test
    void isRefusedOrReadWhateverBytesCome() {
        Random random = new Random(7);
        byte[] sound = hex(HEADER + MACHINE + CAPABILITIES + UUID);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = Arrays.copyOf(sound, random.nextInt(sound.length + 8));
            for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(bytes).startsWith(Preamble.parse(bytes).toBytes());
            } catch (MalformedStreamException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }

    private static String ascii(String text) {
        return HexFormat.of().formatHex(text.getBytes(US_ASCII));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
