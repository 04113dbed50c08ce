package io.godwit.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZeroAndFillPageTest {
    private static final int MARGIN = 3;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 8, 63, 64, 65, 512, 4096})
    void aRangeOfZerosIsZeroWhateverIsAroundIt(int length) {
        byte[] memory = memory(length, (byte) 0);

        assertThat(ZeroPage.isZero(memory, MARGIN, length)).isTrue();
        assertThat(ZeroPage.isZero(ByteBuffer.wrap(memory), MARGIN, length)).isTrue();
        assertThat(ZeroPage.isZero(direct(memory), MARGIN, length)).isTrue();
        assertThat(FillPage.isFill(memory, MARGIN, length)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 63, 64, 65, 512, 4096})
    void oneOtherByteAnywhereIsFound(int length) {
        for (int at = 0; at < length; at++) {
            byte[] memory = memory(length, (byte) 0);
            memory[MARGIN + at] = (byte) 0x80;

            assertThat(ZeroPage.isZero(memory, MARGIN, length)).as("byte " + at).isFalse();
            assertThat(ZeroPage.isZero(ByteBuffer.wrap(memory), MARGIN, length))
                    .as("byte " + at)
                    .isFalse();
            assertThat(ZeroPage.isZero(direct(memory), MARGIN, length))
                    .as("byte " + at)
                    .isFalse();
            assertThat(FillPage.isFill(memory, MARGIN, length)).as("byte " + at).isEqualTo(length == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(bytes = {1, 0x7F, (byte) 0x80, (byte) 0xFF})
    void aRangeOfAnotherByteIsAFillAndNotZero(byte value) {
        byte[] memory = memory(4096, value);

        assertThat(FillPage.isFill(memory, MARGIN, 4096)).isTrue();
        assertThat(ZeroPage.isZero(memory, MARGIN, 4096)).isFalse();
    }

    @Test
    void aBuffersPositionDoesNotMatterAndDoesNotMove() {
        ByteBuffer buffer = direct(memory(512, (byte) 0)).position(100);

        assertThat(ZeroPage.isZero(buffer, MARGIN, 512)).isTrue();
        assertThat(buffer.position()).isEqualTo(100);
    }

    @Test
    void rangesOutsideAreTheCallersMistake() {
        ByteBuffer limited = ByteBuffer.allocate(4096).limit(100);
        assertThatThrownBy(() -> ZeroPage.isZero(limited, 0, 101)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> ZeroPage.isZero(new byte[8], 1, 8)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> FillPage.isFill(new byte[8], -1, 8)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** A range of {@code value} with other bytes on both sides. */
    private static byte[] memory(int length, byte value) {
        byte[] memory = new byte[MARGIN + length + MARGIN];
        Arrays.fill(memory, (byte) 0x5A);
        Arrays.fill(memory, MARGIN, MARGIN + length, value);
        return memory;
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
