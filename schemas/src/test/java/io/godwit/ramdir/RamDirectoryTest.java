package io.godwit.ramdir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RamDirectoryTest {
    private static final int PAGE = 4096;

    @TempDir
    Path directory;

    @Test
    void aManifestThatWasWrittenIsReadBack() throws IOException {
        Manifest manifest = new Manifest(
                PAGE,
                List.of(
                        new RamBlock("pc.ram", 3 * PAGE),
                        new RamBlock("/rom@etc/acpi/rsdp", PAGE),
                        new RamBlock("%2From@etc/acpi/rsdp", PAGE),
                        new RamBlock("..", PAGE),
                        new RamBlock("\u00e4".repeat(127), PAGE)));
        RamDirectory laidOut = RamDirectory.layOut(directory, manifest);
        for (int block = 0; block < manifest.blocks().size(); block++) {
            allocate(laidOut.files().get(block), manifest.blocks().get(block).length());
        }
        laidOut.writeManifest();

        RamDirectory opened = RamDirectory.open(directory);

        assertThat(opened).isEqualTo(laidOut);
        assertThat(opened.files())
                .doesNotHaveDuplicates()
                .allSatisfy(file -> assertThat(file).hasParent(directory).isRegularFile());
    }

    @Test
    void withoutAManifestEveryRamFileIsABlock() throws IOException {
        allocate(directory.resolve("b.ram"), PAGE);
        allocate(directory.resolve("a.ram"), 2 * PAGE);
        allocate(directory.resolve("notes.txt"), 5);

        assertThat(RamDirectory.open(directory).manifest().blocks())
                .containsExactly(new RamBlock("a", 2 * PAGE), new RamBlock("b", PAGE));
    }

    @Test
    void whatDoesNotFitIsRefusedByName() throws IOException {
        assertRefused("holds neither manifest.json nor a *.ram file");

        allocate(directory.resolve("odd.ram"), PAGE + 1);
        assertRefused("odd.ram has 4097 bytes, not a positive multiple of the page size 4096");

        manifest("{\"pageSize\": 4096, \"blocks\": [{\"id\": \"x\", \"length\": 4097, \"file\": \"odd.ram\"}]}");
        assertRefused("RAM block x has length 4097, not a multiple of the page size 4096");

        manifest("{\"pageSize\": 4096, \"blocks\": [{\"id\": \"x\", \"length\": 8192, \"file\": \"odd.ram\"}]}");
        assertRefused("odd.ram has 4097 bytes, RAM block x is 8192 long by the manifest");

        manifest("{\"pageSize\": 4096, \"blocks\": [{\"id\": \"x\", \"length\": 8192, \"file\": \"none.ram\"}]}");
        assertRefused("none.ram (RAM block x) is not a file");

        manifest("{\"pageSize\": 1000, \"blocks\": [{\"id\": \"x\", \"length\": 4000, \"file\": \"odd.ram\"}]}");
        assertRefused("page size 1000 is not a power of two");

        manifest("{\"blocks\": [{\"id\": \"x\", \"length\": 4096, \"file\": \"../odd.ram\"}]}");
        assertRefused("only a file name is allowed");

        manifest("{\"blocks\": [{\"id\": \"x\", \"length\": 4096}]}");
        assertRefused("has a block without id or file");

        manifest("{\"blocks\": [null]}");
        assertRefused("has a block without id or file");

        manifest("{\"blocks\": []}");
        assertRefused("a guest has 1 to 4096 RAM blocks, this one 0");

        manifest("{}");
        assertRefused("lists no blocks");

        manifest("{\"blocks\": 3");
        assertRefused("is not a manifest");
    }

    @Test
    void aMissingDirectoryIsNamed() {
        assertThatThrownBy(() -> RamDirectory.open(directory.resolve("none")))
                .isInstanceOf(RamDirectoryException.class)
                .hasMessageContaining("none is not a directory");
    }

    @Test
    void aBlockLargerThanAWindowIsReadAndWrittenAcrossItsEdge() throws IOException {
        long length = MappedBlock.WINDOW_BYTES * 2 + PAGE;
        Path file = directory.resolve("large.ram");
        byte[] written = new byte[3 * PAGE];
        for (int i = 0; i < written.length; i++) {
            written[i] = (byte) (i * 31 + 7);
        }
        try (MappedBlock block = MappedBlock.openWritable(file, length)) {
            block.write(2 * MappedBlock.WINDOW_BYTES - 2 * PAGE, written, 0, written.length);
        }

        byte[] read = new byte[written.length];
        try (MappedBlock block = MappedBlock.openReadOnly(file, length)) {
            block.read(2 * MappedBlock.WINDOW_BYTES - 2 * PAGE, read, 0, read.length);
            assertThatThrownBy(() -> block.read(length - PAGE, read, 0, 2 * PAGE))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThat(read).isEqualTo(written);
        assertThat(Files.size(file)).isEqualTo(length);
    }

    @Test
    void aFileThatIsTooShortIsNotMappedForReading() throws IOException {
        Path file = directory.resolve("short.ram");
        allocate(file, PAGE);

        assertThatThrownBy(() -> MappedBlock.openReadOnly(file, 2 * PAGE))
                .isInstanceOf(RamDirectoryException.class)
                .hasMessageContaining("has 4096 bytes, 8192 are to be mapped");
    }

    private void assertRefused(String why) {
        assertThatThrownBy(() -> RamDirectory.open(directory))
                .isInstanceOf(RamDirectoryException.class)
                .hasMessageContaining(why);
    }

    private void manifest(String json) throws IOException {
        Files.writeString(directory.resolve(RamDirectory.MANIFEST_FILE), json);
    }

    private static void allocate(Path file, long length) throws IOException {
        try (RandomAccessFile created = new RandomAccessFile(file.toFile(), "rw")) {
            created.setLength(length);
        }
    }
}
