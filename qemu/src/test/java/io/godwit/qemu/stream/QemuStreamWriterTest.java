package io.godwit.qemu.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.record.RamBlock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QemuStreamWriterTest {
    private static final int PAGE_SIZE = 4096;
    private static final byte[] PREAMBLE = HexFormat.of().parseHex("5145564d00000003");
    /** EOF, and a description of two bytes. */
    private static final byte[] TRAILER = HexFormat.of().parseHex("00" + "06" + "00000002" + "7b7d");

    private static final List<RamBlock> BLOCKS =
            List.of(new RamBlock("pc.ram", 8L * PAGE_SIZE), new RamBlock("vga", 2L * PAGE_SIZE));

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final QemuStreamWriter writer = new QemuStreamWriter(Channels.newChannel(output), BLOCKS, PAGE_SIZE);

    @Test
    void writesByteForByteWhatTheFormatSays() throws Exception {
        byte[] page = new byte[PAGE_SIZE];
        Arrays.fill(page, (byte) 0x5a);

        writer.begin(PREAMBLE, 7);
        writer.startRam();
        writer.page(0, 3, page, 0);
        writer.zero(0, 4);
        writer.zero(1, 1);
        writer.endPart();
        writer.endRam();
        writer.write(ByteBuffer.wrap(TRAILER));

        String eos = "0000000000000010" + "7e" + "00000002";
        String expected = "5145564d00000003"
                + "08" + "0001" + "0000"
                + "08" + "0002" + "0004" + "00000007"
                + "01" + "00000002" + "03" + ascii("ram") + "00000000" + "00000004"
                + "000000000000a004"
                + "06" + ascii("pc.ram") + "0000000000008000"
                + "03" + ascii("vga") + "0000000000002000"
                + eos
                + "02" + "00000002"
                + "0000000000003008" + "06" + ascii("pc.ram") + "5a".repeat(PAGE_SIZE)
                + "0000000000004022" + "00"
                + "0000000000001002" + "03" + ascii("vga") + "00"
                + eos
                + "03" + "00000002" + eos
                + "00" + "06" + "00000002" + "7b7d";
        assertThat(HexFormat.of().formatHex(output.toByteArray())).isEqualTo(expected);
    }

    @Test
    void saysWhereBlocksLieWhereSharedOnesAreLeftOut() throws Exception {
        writer.startRamIgnoringShared(new long[] {0x100000000L, 0});
        writer.flush();

        assertThat(HexFormat.of().formatHex(output.toByteArray()))
                .contains(ascii("pc.ram") + "0000000000008000" + "0000000100000000" + "03" + ascii("vga")
                        + "0000000000002000" + "0000000000000000");
    }

    @Test
    void isReadBackPageByPage() throws Exception {
        Random random = new Random(11);
        byte[][] image = image();
        byte[][] expected = image();
        writer.begin(PREAMBLE, 1);
        writer.startRam();
        byte[] page = new byte[PAGE_SIZE];
        for (int i = 0; i < 500; i++) {
            int block = random.nextInt(2);
            int index = random.nextInt(expected[block].length / PAGE_SIZE);
            random.nextBytes(page);
            if (random.nextInt(3) == 0) {
                Arrays.fill(page, (byte) 0);
                writer.zero(block, index);
            } else {
                writer.page(block, index, page, 0);
            }
            System.arraycopy(page, 0, expected[block], index * PAGE_SIZE, PAGE_SIZE);
            if (random.nextInt(20) == 0) {
                writer.endPart();
            }
        }
        writer.endRam();
        writer.write(ByteBuffer.wrap(TRAILER));

        assertThat(readInto(image)).isEqualTo(TRAILER);
        assertThat(image).isDeepEqualTo(expected);
    }

    /** Returns the device state. */
    private byte[] readInto(byte[][] image) throws IOException {
        ReadableByteChannel input = Channels.newChannel(new ByteArrayInputStream(output.toByteArray()));
        QemuStreamReader reader = new QemuStreamReader(input::read);
        ByteArrayOutputStream deviceState = new ByteArrayOutputStream();
        while (true) {
            switch (reader.next()) {
                case PAGE ->
                    reader.buffer()
                            .get(reader.position(), image[reader.block()], reader.index() * PAGE_SIZE, PAGE_SIZE);
                case ZERO ->
                    Arrays.fill(
                            image[reader.block()],
                            reader.index() * PAGE_SIZE,
                            (reader.index() + reader.count()) * PAGE_SIZE,
                            (byte) 0);
                case BLOCKS -> assertThat(reader.manifest().blocks()).isEqualTo(BLOCKS);
                case DEVICE_STATE -> deviceState.writeBytes(reader.bytes());
                case END -> {
                    return deviceState.toByteArray();
                }
                default -> {
                    // Nothing that changes memory.
                }
            }
        }
    }

    private static byte[][] image() {
        return BLOCKS.stream().map(block -> new byte[(int) block.length()]).toArray(byte[][]::new);
    }

    private static String ascii(String text) {
        return HexFormat.of().formatHex(text.getBytes(US_ASCII));
    }
}
