package io.godwit.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.record.MalformedRecordException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PayloadCodecTest {
    private static final byte UNTOUCHED = 0x5A;

    private final PayloadCodec codec = new PayloadCodec();

    @AfterEach
    void close() {
        codec.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"LZ4", "ZSTD"})
    void aPayloadComesOutAsItWentIn(PayloadCompression compression) throws Exception {
        for (int length : new int[] {1, 7, 4096, 64 * 4096, 4 << 20}) {
            for (boolean noise : new boolean[] {false, true}) {
                byte[] payload = payload(length, noise);
                byte[] around = new byte[length + 10];
                System.arraycopy(payload, 0, around, 5, length);
                byte[] compressed = new byte[PayloadCodec.maxCompressedLength(length)];

                int written = codec.compress(compression, around, 5, length, compressed);
                byte[] output = new byte[length + 16];
                Arrays.fill(output, UNTOUCHED);
                codec.decompress(compression, compressed, 0, written, output, length);

                assertThat(Arrays.copyOf(output, length)).isEqualTo(payload);
                assertThat(Arrays.copyOfRange(output, length, output.length)).containsOnly(UNTOUCHED);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LZ4", "ZSTD"})
    void aPayloadOfAnotherLengthThanItsRunsSayIsRefused(PayloadCompression compression) {
        byte[] compressed = new byte[PayloadCodec.maxCompressedLength(5000)];
        int written = codec.compress(compression, payload(5000, false), 0, 5000, compressed);
        byte[] output = new byte[9000];

        for (int length : new int[] {0, 1, 4999, 5001, 9000}) {
            assertThatThrownBy(() -> codec.decompress(compression, compressed, 0, written, output, length))
                    .as("length " + length)
                    .isInstanceOf(MalformedRecordException.class)
                    .hasMessageStartingWith(compression + " payload of " + written + " bytes ");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LZ4", "ZSTD"})
    void aCutPayloadIsRefused(PayloadCompression compression) {
        byte[] compressed = new byte[PayloadCodec.maxCompressedLength(5000)];
        int written = codec.compress(compression, payload(5000, true), 0, 5000, compressed);
        for (int length = 0; length < written; length++) {
            int cut = length;
            assertThatThrownBy(() -> codec.decompress(compression, compressed, 0, cut, new byte[5000], 5000))
                    .as("cut at " + cut)
                    .isInstanceOf(MalformedRecordException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LZ4", "ZSTD"})
    void damagedBytesAreRefusedOrGiveOtherBytesAndNothingAroundThemChanges(PayloadCompression compression) {
        byte[] compressed = new byte[PayloadCodec.maxCompressedLength(5000)];
        int written = codec.compress(compression, payload(5000, false), 0, 5000, compressed);
        for (int seed = 0; seed < 5_000; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            byte[] damaged = Arrays.copyOf(compressed, written);
            for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                damaged[random.nextInt(written)] ^= (byte) (1 << random.nextInt(8));
            }
            decompressOrRefuse(compression, damaged, "seed " + seed);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LZ4", "ZSTD"})
    void randomBytesAreRefusedOrGiveBytesAndNothingAroundThemChanges(PayloadCompression compression) {
        for (int seed = 0; seed < 5_000; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            decompressOrRefuse(compression, noise, "seed " + seed);
        }
    }

    @Test
    void aCodecIsUsableAfterARefusal() throws Exception {
        byte[] compressed = new byte[PayloadCodec.maxCompressedLength(5000)];
        int written = codec.compress(PayloadCompression.ZSTD, payload(5000, false), 0, 5000, compressed);
        assertThatThrownBy(() ->
                        codec.decompress(PayloadCompression.ZSTD, compressed, 1, written - 1, new byte[5000], 5000))
                .isInstanceOf(MalformedRecordException.class);

        byte[] output = new byte[5000];
        codec.decompress(PayloadCompression.ZSTD, compressed, 0, written, output, 5000);

        assertThat(output).isEqualTo(payload(5000, false));
    }

    @Test
    void noneIsTheCallersMistake() {
        assertThatThrownBy(() -> codec.compress(PayloadCompression.NONE, new byte[1], 0, 1, new byte[9]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> codec.decompress(PayloadCompression.NONE, new byte[1], 0, 1, new byte[9], 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void decompressOrRefuse(PayloadCompression compression, byte[] input, String what) {
        byte[] output = new byte[5000 + 16];
        Arrays.fill(output, UNTOUCHED);
        try {
            codec.decompress(compression, input, 0, input.length, output, 5000);
        } catch (MalformedRecordException e) {
            assertThat(e.getMessage()).as(what).startsWith(compression + " payload of " + input.length + " bytes ");
        }
        assertThat(Arrays.copyOfRange(output, 5000, output.length)).as(what).containsOnly(UNTOUCHED);
    }

    private static byte[] payload(int length, boolean noise) {
        byte[] payload = new byte[length];
        RandomGenerator random = new SplittableRandom(11);
        if (noise) {
            random.nextBytes(payload);
        } else {
            for (int at = 0; at < length; at++) {
                payload[at] = (byte) "etaoin shrdlu\n".charAt(random.nextInt(14));
            }
        }
        return payload;
    }
}
