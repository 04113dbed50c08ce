package io.godwit.checkpoint.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ElfCoreTest {
    private static final int PAGE = 4096;
    private static final int LENGTH = 64 * PAGE;

    @TempDir
    private Path temporary;

    static Stream<Arguments> forms() {
        return Stream.of(true, false).flatMap(is64 -> Stream.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)
                .flatMap(order -> Stream.of(true, false).map(isExtended -> Arguments.of(is64, order, isExtended))));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void everyFormIsRead(boolean is64, ByteOrder order, boolean isExtended) throws IOException {
        ElfFile file = ElfFile.of(is64, order)
                .segment(ElfFile.PT_NOTE, 0, 900, 100, 100)
                .load(0, 1000, 2 * PAGE, 2 * PAGE)
                .load(0xfffc0000L, 1000 + 2 * PAGE, PAGE, PAGE)
                .length(LENGTH);

        assertThat(read(isExtended ? file.extended() : file))
                .containsExactly(
                        new MemoryRange(0, 2 * PAGE, 1000, 2 * PAGE),
                        new MemoryRange(0xfffc0000L, PAGE, 1000 + 2 * PAGE, PAGE));
    }

    @Test
    void segmentsComeInTheOrderOfAddressesAndThoseThatGoOnAreOne() throws IOException {
        assertThat(read(ElfFile.of64Bit()
                        .load(8 * PAGE, 40 * PAGE, PAGE, PAGE)
                        .load(2 * PAGE, 12 * PAGE, PAGE, PAGE)
                        .load(0, 10 * PAGE, 2 * PAGE, 2 * PAGE)
                        .load(3 * PAGE, 33 * PAGE, PAGE, PAGE)))
                .containsExactly(
                        new MemoryRange(0, 3 * PAGE, 10 * PAGE, 3 * PAGE),
                        new MemoryRange(3 * PAGE, PAGE, 33 * PAGE, PAGE),
                        new MemoryRange(8 * PAGE, PAGE, 40 * PAGE, PAGE));
    }

    @Test
    void memoryThatIsMappedOftenIsTakenOnce() throws IOException {
        assertThat(read(ElfFile.of64Bit()
                        .load(4 * PAGE, 14 * PAGE, 4 * PAGE, 4 * PAGE)
                        .load(0, 10 * PAGE, 6 * PAGE, 6 * PAGE)
                        .load(PAGE, 11 * PAGE, PAGE, PAGE)
                        .load(0, 10 * PAGE, PAGE, PAGE)))
                .containsExactly(new MemoryRange(0, 8 * PAGE, 10 * PAGE, 8 * PAGE));
    }

    @Test
    void whatIsLongerInMemoryThanInTheFileEndsInZeros() throws IOException {
        assertThat(read(ElfFile.of64Bit().load(PAGE, 10 * PAGE, PAGE, 5 * PAGE)))
                .containsExactly(new MemoryRange(PAGE, 5 * PAGE, 10 * PAGE, PAGE));
    }

    @Test
    void bytesOfAnotherSegmentGoBeforeZerosAndZerosFillTheGapsBetweenThem() throws IOException {
        assertThat(read(ElfFile.of64Bit()
                        .load(0, 10 * PAGE, PAGE, 10 * PAGE)
                        .load(4 * PAGE, 20 * PAGE, PAGE, PAGE)
                        .load(7 * PAGE, 30 * PAGE, PAGE, 2 * PAGE)
                        .load(20 * PAGE, 40 * PAGE, PAGE, PAGE)))
                .containsExactly(
                        new MemoryRange(0, 4 * PAGE, 10 * PAGE, PAGE),
                        new MemoryRange(4 * PAGE, 3 * PAGE, 20 * PAGE, PAGE),
                        new MemoryRange(7 * PAGE, 3 * PAGE, 30 * PAGE, PAGE),
                        new MemoryRange(20 * PAGE, PAGE, 40 * PAGE, PAGE));
    }

    @Test
    void segmentsWithoutBytesAreNoMemoryWhateverElseTheySay() throws IOException {
        assertThat(read(ElfFile.of64Bit()
                        .load(0, PAGE, PAGE, PAGE)
                        .load(0, 0, 0, 0)
                        // As QEMU names the memory of devices in a dump with paging.
                        .load(0xfee00000L, -1, 0, PAGE)))
                .containsExactly(new MemoryRange(0, PAGE, PAGE, PAGE));
    }

    static Stream<Arguments> hostile() {
        long large = Long.MAX_VALUE - PAGE + 1;
        return Stream.of(
                Arguments.of("segment 0: p_offset", ElfFile.of64Bit().load(0, LENGTH - PAGE + 1, PAGE, PAGE)),
                Arguments.of("segment 0: p_offset", ElfFile.of64Bit().load(0, LENGTH + 1, PAGE, PAGE)),
                Arguments.of("segment 0: p_offset 0xf", ElfFile.of64Bit().load(0, -PAGE, PAGE, PAGE)),
                Arguments.of("segment 0: p_offset", ElfFile.of64Bit().load(0, PAGE, large, large)),
                Arguments.of("segment 0: p_offset", ElfFile.of64Bit().load(0, PAGE, -PAGE, PAGE)),
                Arguments.of("segment 0: p_memsz", ElfFile.of64Bit().load(0, PAGE, 2 * PAGE, PAGE)),
                Arguments.of("segment 0: p_memsz", ElfFile.of64Bit().load(0, PAGE, PAGE, -PAGE)),
                Arguments.of("segment 0: p_paddr", ElfFile.of64Bit().load(large, PAGE, PAGE, PAGE)),
                Arguments.of("segment 0: p_paddr", ElfFile.of64Bit().load(-PAGE, PAGE, PAGE, PAGE)),
                Arguments.of("segment 0: p_paddr", ElfFile.of64Bit().load(PAGE, PAGE, PAGE, large)),
                Arguments.of("multiples of 4096", ElfFile.of64Bit().load(100, PAGE, PAGE, PAGE)),
                Arguments.of("multiples of 4096", ElfFile.of64Bit().load(0, PAGE, 100, PAGE)),
                Arguments.of("multiples of 4096", ElfFile.of64Bit().load(0, PAGE, PAGE, PAGE + 1)),
                Arguments.of(
                        "segment 1: p_paddr 0x1000 with p_offset 0x3000 overlaps segment 0",
                        ElfFile.of64Bit().load(0, PAGE, 3 * PAGE, 3 * PAGE).load(PAGE, 3 * PAGE, PAGE, PAGE)),
                Arguments.of(
                        "segment 0: p_paddr 0x2000 with p_offset 0x1000 overlaps segment 2",
                        ElfFile.of64Bit()
                                .load(2 * PAGE, PAGE, PAGE, PAGE)
                                .load(PAGE, 9 * PAGE, PAGE, PAGE)
                                .load(0, 8 * PAGE, 3 * PAGE, 3 * PAGE)),
                Arguments.of("there is no memory in it", ElfFile.of64Bit().load(0, 0, 0, PAGE)),
                Arguments.of("there is no memory in it", ElfFile.of64Bit()));
    }

    @ParameterizedTest
    @MethodSource("hostile")
    void whatContradictsItselfIsRefusedWithItsPlace(String message, ElfFile file) throws IOException {
        Path path = file.length(LENGTH).write(temporary.resolve("core"));

        assertThatThrownBy(() -> ElfCore.read(path))
                .isInstanceOf(ElfException.class)
                .hasMessageStartingWith(path.toString())
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 15, 16, 63, 64, 100, 119})
    void headersThatAreCutOffAreRefused(int bytes) throws IOException {
        byte[] whole = ElfFile.of64Bit().load(0, 200, PAGE, PAGE).length(LENGTH).bytes();
        Path path = Files.write(temporary.resolve("core"), Arrays.copyOf(whole, bytes));

        assertThatThrownBy(() -> ElfCore.read(path))
                .isInstanceOf(ElfException.class)
                .hasMessageContaining("beyond the file's end at " + bytes);
    }

    @Test
    void moreSegmentsThanAnyGuestHasAreRefusedBeforeTheyAreRead() throws IOException {
        byte[] bytes = ElfFile.of64Bit()
                .extended()
                .load(0, 200, PAGE, PAGE)
                .length(LENGTH)
                .bytes();
        bytes[64 + 44 + 3] = (byte) 0xff;

        assertThatThrownBy(() -> ElfCore.read(Files.write(temporary.resolve("core"), bytes)))
                .isInstanceOf(ElfException.class)
                .hasMessageContaining("sh_info of section 0 42781")
                .hasMessageContaining("without paging");
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Path text = Files.writeString(temporary.resolve("text"), "no ELF file, and long enough for one");
        assertThatThrownBy(() -> ElfCore.read(text)).hasMessageContaining("is not an ELF file");

        byte[] program = ElfFile.of64Bit().length(LENGTH).bytes();
        program[16] = 2;
        Path executable = Files.write(temporary.resolve("program"), program);
        assertThatThrownBy(() -> ElfCore.read(executable)).hasMessageContaining("e_type 2, not 4");

        assertThatThrownBy(() -> ElfCore.read(temporary)).hasMessageContaining("is not a file");
        assertThatThrownBy(() -> ElfCore.read(temporary.resolve("none"))).hasMessageContaining("does not exist");
    }

    @Test
    void noDamageMakesItFailInAnotherWayOrReachOutsideOfTheFile() throws IOException {
        Random random = new Random(20260);
        for (int round = 0; round < 3000; round++) {
            byte[] bytes = ElfFile.of(random.nextBoolean(), ByteOrder.LITTLE_ENDIAN)
                    .load(0, 1000, 2 * PAGE, 2 * PAGE)
                    .load(4 * PAGE, 1000 + 2 * PAGE, PAGE, 3 * PAGE)
                    .load(9 * PAGE, 1000 + 4 * PAGE, PAGE, PAGE)
                    .length(10 * PAGE)
                    .bytes();
            for (int flips = 1 + random.nextInt(6); flips > 0; flips--) {
                bytes[random.nextInt(260)] = (byte) (random.nextBoolean() ? random.nextInt() : -1);
            }
            Path path = Files.write(temporary.resolve("core"), bytes);
            try {
                assertSound(ElfCore.read(path).ranges(), bytes.length);
            } catch (ElfException e) {
                assertThat(e).hasMessageStartingWith(path.toString());
            }
        }
    }

    private static void assertSound(List<MemoryRange> ranges, long fileLength) {
        long end = 0;
        for (MemoryRange range : ranges) {
            assertThat(range.address()).isGreaterThanOrEqualTo(end);
            assertThat(range.length()).isPositive();
            end = range.address() + range.length();
            assertThat(range.fileLength()).isBetween(0L, range.length());
            assertThat(range.filePosition()).isBetween(0L, fileLength);
            assertThat(range.filePosition() + range.fileLength()).isBetween(0L, fileLength);
        }
    }

    private List<MemoryRange> read(ElfFile file) throws IOException {
        return ElfCore.read(file.length(LENGTH).write(temporary.resolve("core")))
                .ranges();
    }
}
