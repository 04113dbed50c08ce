package io.godwit.consumer.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.consumer.position.LanePosition.DeviceStateMark;
import io.godwit.consumer.position.LanePosition.RoundMark;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PositionFileTest {
    private static final TargetIdentity IDENTITY =
            new TargetIdentity("vm1", "Qv3tN2p0T4aLx1mJ8sYkZg", "b1b2c3d4-boot", 3, 512, 1L << 40);
    private static final LanePosition FIRST = new LanePosition(
            7,
            123_456_789_012L,
            987_654_321_098L,
            true,
            new RoundMark(5, 123_456_789_000L),
            new DeviceStateMark(true, true, 3, 5_000_000_000L));
    private static final LanePosition SECOND =
            new LanePosition(8, 1, 2, false, new RoundMark(0, 0), new DeviceStateMark(true, false, 0, 0));

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void choose() {
        file = directory.resolve("position");
    }

    @Test
    void everyLaneKeepsWhatWasStoredLast() throws Exception {
        PositionFile positions = PositionFile.create(file, IDENTITY);
        positions.store(0, SECOND);
        positions.store(2, FIRST);
        positions.store(0, FIRST);
        positions.store(0, SECOND);

        PositionFile opened = PositionFile.open(file);

        assertThat(opened.identity()).isEqualTo(IDENTITY);
        assertThat(opened.load(0)).isEqualTo(SECOND);
        assertThat(opened.load(1)).isEqualTo(LanePosition.NONE);
        assertThat(opened.load(2)).isEqualTo(FIRST);
    }

    @Test
    void aStoreThatIsCutOffLeavesTheOldPosition() throws Exception {
        PositionFile positions = PositionFile.create(file, IDENTITY);
        positions.store(1, FIRST);
        byte[] before = Files.readAllBytes(file);
        positions.store(1, SECOND);
        byte[] after = Files.readAllBytes(file);

        // The generation is written last: with everything but it, the old position stands.
        int generation = PositionLayout.slotOffset(1) + PositionLayout.GENERATION_OFFSET;
        System.arraycopy(before, generation, after, generation, Long.BYTES);
        Path cut = Files.write(directory.resolve("cut"), after);

        assertThat(PositionFile.open(cut).load(1)).isEqualTo(FIRST);
        assertThat(PositionFile.open(file).load(1)).isEqualTo(SECOND);
    }

    @Test
    void aFileIsValidOnceItIsSaidSo() throws Exception {
        PositionFile positions = PositionFile.create(file, IDENTITY);
        assertThat(PositionFile.open(file).isValid()).isFalse();
        positions.validate();
        assertThat(PositionFile.open(file).isValid()).isTrue();
        positions.invalidate();
        assertThat(PositionFile.open(file).isValid()).isFalse();
    }

    @Test
    void aFileIsCompleteOnceItIsSaidSo() throws Exception {
        PositionFile positions = PositionFile.create(file, IDENTITY);
        assertThat(PositionFile.open(file).isComplete()).isFalse();
        positions.complete();
        assertThat(PositionFile.open(file).isComplete()).isTrue();
    }

    @Test
    void aLaneIsTouchedUntilItsPositionIsStored() throws Exception {
        PositionFile positions = PositionFile.create(file, IDENTITY);
        positions.store(1, FIRST);
        assertThat(positions.isTouched(1)).isFalse();
        positions.touch(1);
        assertThat(PositionFile.open(file).isTouched(1)).isTrue();
        assertThat(PositionFile.open(file).isTouched(0)).isFalse();
        positions.store(1, SECOND);
        assertThat(PositionFile.open(file).isTouched(1)).isFalse();
    }

    @Test
    void otherFilesAreRefused() throws Exception {
        Files.write(file, new byte[100]);
        assertThatThrownBy(() -> PositionFile.open(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + " is not a position file: it has 100 bytes");

        Files.write(file, new byte[PositionLayout.fileBytes(3)]);
        assertThatThrownBy(() -> PositionFile.open(file))
                .hasMessage(file + " is not a position file: it does not begin as one");
    }

    @Test
    void aFileOfAnotherSizeThanItsLanesIsRefused() throws Exception {
        PositionFile.create(file, IDENTITY);
        Files.write(file, new byte[] {0}, StandardOpenOption.APPEND);

        assertThatThrownBy(() -> PositionFile.open(file)).hasMessageContaining("bytes for 3 lanes");
    }

    @Test
    void aPositionThatCannotBeIsRefused() throws Exception {
        PositionFile positions = PositionFile.create(file, IDENTITY);
        positions.store(0, FIRST);
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer.wrap(bytes).putLong(PositionLayout.imageOffset(0, 1) + PositionLayout.NEXT_SEQUENCE_OFFSET, -5);
        Path damaged = Files.write(directory.resolve("damaged"), bytes);

        assertThatThrownBy(() -> PositionFile.open(damaged).load(0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the position of lane 0 is damaged");
    }
}
