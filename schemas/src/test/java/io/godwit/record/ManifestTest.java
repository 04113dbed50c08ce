package io.godwit.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
    @Test
    void pagesAndBytesAreCountedPastTwoGigabytes() {
        Manifest manifest =
                new Manifest(4096, List.of(new RamBlock("pc.ram", 6L << 30), new RamBlock("pc.bios", 256 << 10)));

        assertThat(manifest.pages(0)).isEqualTo(1_572_864);
        assertThat(manifest.totalPages()).isEqualTo(1_572_864 + 64);
        assertThat(manifest.totalBytes()).isEqualTo((6L << 30) + (256 << 10));
    }

    @ParameterizedTest
    @ValueSource(ints = {-4096, 0, 256, 4095, 131072})
    void aPageSizeIsAPowerOfTwoWithinItsRange(int pageSize) {
        assertThatThrownBy(() -> new Manifest(pageSize, List.of(new RamBlock("a", 131072))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("page size " + pageSize + " is not a power of two from 512 to 65536");
    }

    @Test
    void aBlockIsAWholeNumberOfPages() {
        assertThatThrownBy(() -> new Manifest(4096, List.of(new RamBlock("pc.ram", 4097))))
                .hasMessage("RAM block pc.ram has length 4097, not a multiple of the page size 4096");
    }

    @Test
    void aBlockHasNoMorePagesThanAnArrayOfHashesHolds() {
        long most = Manifest.MAX_BLOCK_PAGES * 512;
        assertThat(new Manifest(512, List.of(new RamBlock("a", most))).pages(0)).isEqualTo(Integer.MAX_VALUE - 8);
        assertThatThrownBy(() -> new Manifest(512, List.of(new RamBlock("a", most + 512))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 2147483639 pages are supported");
    }

    @Test
    void aBlockIsListedOnce() {
        assertThatThrownBy(() -> new Manifest(4096, List.of(new RamBlock("a", 4096), new RamBlock("a", 8192))))
                .hasMessage("RAM block a is listed twice");
    }

    @Test
    void aGuestHasBlocksButNotTooMany() {
        assertThatThrownBy(() -> new Manifest(4096, List.of()))
                .hasMessage("a guest has 1 to 4096 RAM blocks, this one 0");
        List<RamBlock> many = IntStream.rangeClosed(0, Manifest.MAX_BLOCKS)
                .mapToObj(number -> new RamBlock("block " + number, 4096))
                .toList();
        assertThatThrownBy(() -> new Manifest(4096, many))
                .hasMessage("a guest has 1 to 4096 RAM blocks, this one 4097");
    }

    @Test
    void idsAreAnyCharactersButControlOnesAndFitAByteOfLength() {
        assertThat(new RamBlock("/rom@etc/acpi/rsdp", 4096).id()).isEqualTo("/rom@etc/acpi/rsdp");
        assertThat(new RamBlock("é".repeat(127), 4096).id()).hasSize(127);
        assertThatThrownBy(() -> new RamBlock("é".repeat(128), 4096))
                .hasMessage("RAM block id is 256 bytes long: 1 to 255 are allowed");
        assertThatThrownBy(() -> new RamBlock("", 4096))
                .hasMessage("RAM block id is 0 bytes long: 1 to 255 are allowed");
        assertThatThrownBy(() -> new RamBlock("a\nb", 4096)).hasMessage("RAM block id holds control characters");
        assertThatThrownBy(() -> new RamBlock("a", 0)).hasMessage("RAM block a has length 0: it must be positive");
    }
}
