package io.godwit.consumer.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.util.List;
import org.junit.jupiter.api.Test;

class DestinationBlocksTest {
    private static final String PRINTED =
            """
                          Block Name    PSize              Offset               Used              Total                HVA  RO
                              pc.ram    2 MiB  0x0000000000000000 0x0000000010000000 0x0000000010000000 0x00007fad63fff000  rw
               0000:00:02.0/vga.vram    4 KiB  0x0000000010080000 0x0000000001000000 0x0000000001000000 0x00007fad62400000  rw
                /rom@etc/acpi/tables    4 KiB  0x00000000110c0000 0x0000000000020000 0x0000000000200000 0x00007fad62000000  ro
            """;

    private final DestinationBlocks blocks = DestinationBlocks.parse(PRINTED);

    @Test
    void takesAGuestWhoseBlocksAreThereAndOneWhoseRomsGrew() {
        assertThatCode(() -> check(new RamBlock("pc.ram", 0x10000000), new RamBlock("/rom@etc/acpi/tables", 0x20000)))
                .doesNotThrowAnyException();
        assertThatCode(() -> check(new RamBlock("/rom@etc/acpi/tables", 0x40000)))
                .doesNotThrowAnyException();
    }

    @Test
    void refusesABlockOfAnotherLengthOrWithoutItsLike() {
        assertThatThrownBy(() -> check(new RamBlock("pc.ram", 0x8000000)))
                .isInstanceOf(IncomingQemuException.class)
                .hasMessage(
                        "RAM block pc.ram has 134217728 bytes at the source, 268435456 at QEMU: start it with the memory"
                                + " (-m) and devices of the source");
        assertThatThrownBy(() -> check(new RamBlock("/rom@etc/acpi/tables", 0x400000)))
                .hasMessageContaining("4194304 bytes at the source, 131072 at QEMU");
        assertThatThrownBy(() -> check(new RamBlock("0000:00:03.0/e1000.rom", 0x40000)))
                .hasMessageContaining("RAM block 0000:00:03.0/e1000.rom of 262144 bytes, QEMU has none of that name");
    }

    @Test
    void tellsHugePagesFromUsualOnes() {
        assertThat(blocks.hasBasePages("0000:00:02.0/vga.vram")).isTrue();
        assertThat(blocks.hasBasePages("pc.ram")).isFalse();
        assertThat(blocks.hasBasePages("missing")).isFalse();
    }

    private void check(RamBlock... guest) throws IncomingQemuException {
        blocks.check(new Manifest(Manifest.DEFAULT_PAGE_SIZE, List.of(guest)), "QEMU");
    }
}
