package io.godwit.consumer.qemu;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Room for memory that is forwarded. */
class IncomingGuestTest {
    private static final long MIB = 1 << 20;
    private static final Path DIRECTORY = Path.of("/var/tmp/godwit-qemu-1");
    private static final Manifest MANIFEST =
            new Manifest(4096, List.of(new RamBlock("pc.ram", 64 * MIB), new RamBlock("vga.vram", 16 * MIB)));
    private static final SharedFile PLACED = new SharedFile("pc.ram", Path.of("/dev/shm/ram"), 0);

    @Test
    void memoryThatIsForwardedNeedsRoomOfItsOwn() {
        assertThatThrownBy(() -> IncomingGuest.checkSpace(MANIFEST, List.of(), DIRECTORY, path -> 80 * MIB - 1))
                .isInstanceOf(IncomingQemuException.class)
                .hasMessageContainingAll("needs up to 83886080 bytes in /var/tmp, where 83886079 are free", "TMPDIR");
        assertThatCode(() -> IncomingGuest.checkSpace(MANIFEST, List.of(), DIRECTORY, path -> 80 * MIB))
                .doesNotThrowAnyException();
    }

    @Test
    void memoryThatIsPlacedNeedsNone() {
        assertThatCode(() -> IncomingGuest.checkSpace(MANIFEST, List.of(PLACED), DIRECTORY, path -> 16 * MIB))
                .doesNotThrowAnyException();
    }
}
