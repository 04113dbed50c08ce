package io.godwit.producer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.ramdir.RamDirectory;
import io.godwit.ramdir.RamDirectoryException;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import io.godwit.record.StreamBody.DeviceState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RamDirectorySourceTest {
    private static final PrecopySettings SETTINGS = new PrecopySettings(Duration.ofMillis(300), false);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {512, 4096, 65536})
    void everyBlockIsReadByteForByteWhateverItIsCalled(int pageSize) throws Exception {
        List<byte[]> guest = writeDirectory(
                pageSize, List.of("pc.ram", "/rom@etc/acpi/rsdp", "0000:00:02.0/vga.vram"), List.of(300, 1, 129));
        try (RamDirectorySource source = new RamDirectorySource(directory)) {
            CopySink sink = new CopySink(source.manifest());

            source.migrate(sink, SETTINGS, state -> {});

            assertThat(sink.rounds).isEqualTo(1);
            assertThat(sink.pages).isEqualTo(430);
            for (int block = 0; block < guest.size(); block++) {
                assertThat(sink.copy.get(block)).isEqualTo(guest.get(block));
            }
            assertThat(source.manifest().blocks()).extracting(RamBlock::id).contains("/rom@etc/acpi/rsdp");
            assertThat(source.isLive()).isFalse();
            assertThat(source.kind()).isEqualTo("ram-dir");
        }
    }

    @Test
    void deviceStateGoesWithItsPreambleFirstAndInPiecesThatFitARecord() throws Exception {
        writeDirectory(4096, List.of("pc.ram"), List.of(10));
        byte[] preamble = HexFormat.of().parseHex("5145564d00000003" + "07" + "00000002" + "7063");
        byte[] state = new byte[preamble.length + DeviceState.MAX_BYTES + 5];
        new Random(1).nextBytes(state);
        System.arraycopy(preamble, 0, state, 0, preamble.length);
        state[preamble.length] = 4;
        Files.write(directory.resolve(RamDirectory.DEVICE_STATE_FILE), state);
        try (RamDirectorySource source = new RamDirectorySource(directory)) {
            CopySink sink = new CopySink(source.manifest());

            source.migrate(sink, SETTINGS, told -> {});

            assertThat(sink.deviceState)
                    .extracting(chunk -> chunk.length)
                    .containsExactly(preamble.length, DeviceState.MAX_BYTES, 5);
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            sink.deviceState.forEach(whole::writeBytes);
            assertThat(whole.toByteArray()).isEqualTo(state);
            assertThat(sink.deviceStateEnded).isTrue();
        }
    }

    @Test
    void deviceStateThatIsNoneIsRefused() throws Exception {
        writeDirectory(4096, List.of("pc.ram"), List.of(10));
        Files.writeString(directory.resolve(RamDirectory.DEVICE_STATE_FILE), "not a stream of QEMU's");
        try (RamDirectorySource source = new RamDirectorySource(directory)) {
            assertThatThrownBy(() -> source.migrate(new CopySink(source.manifest()), SETTINGS, told -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no migration stream of QEMU's");
        }
    }

    @Test
    void aDirectoryThatIsNoneIsRefusedBeforeAnythingIsSent() {
        assertThatThrownBy(() -> new RamDirectorySource(directory))
                .isInstanceOf(RamDirectoryException.class)
                .hasMessageContaining(directory.toString());
    }

    @Test
    void aFileThatIsCutShortWhileItIsReadIsToldByNameAndPlace() throws Exception {
        writeDirectory(4096, List.of("pc.ram"), List.of(1000));
        Path file = RamDirectory.open(directory).files().get(0);
        try (RamDirectorySource source = new RamDirectorySource(directory)) {
            try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
                cut.setLength(4096 * 10);
            }

            assertThatThrownBy(() -> source.migrate(new CopySink(source.manifest()), SETTINGS, state -> {}))
                    .isInstanceOf(RamDirectoryException.class)
                    .hasMessageContaining(file + " ended at 40960 of 4096000 bytes");
        }
    }

    @Test
    void anInterruptIsAnInterruptAndNoFailureOfTheFile() throws Exception {
        writeDirectory(4096, List.of("pc.ram"), List.of(1000));
        try (RamDirectorySource source = new RamDirectorySource(directory)) {
            CopySink sink = new CopySink(source.manifest());
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> source.migrate(sink, SETTINGS, state -> {}))
                    .isInstanceOf(InterruptedException.class);

            assertThat(Thread.interrupted()).isFalse();
        }
    }

    /** Positions past 2 GiB, in a sparse file: only the pages that hold something are looked at. */
    @Test
    void aBlockLargerThanAnIntIsReadToItsEnd() throws Exception {
        long pages = (5L << 30) / 65536;
        Manifest manifest = new Manifest(65536, List.of(new RamBlock("big", pages * 65536)));
        RamDirectory laidOut = RamDirectory.layOut(directory, manifest);
        laidOut.writeManifest();
        byte[] last = new byte[65536];
        new Random(5).nextBytes(last);
        try (RandomAccessFile file = new RandomAccessFile(laidOut.files().get(0).toFile(), "rw")) {
            file.setLength(pages * 65536);
            file.seek((pages - 1) * 65536);
            file.write(last);
        }
        try (FileMemory memory = new FileMemory(new BlockFiles(RamDirectory.open(directory)))) {
            ByteBuffer view = memory.view(0, (int) pages - 1, 1);

            byte[] read = new byte[65536];
            view.get(view.position(), read);
            assertThat(read).isEqualTo(last);
        }
    }

    private List<byte[]> writeDirectory(int pageSize, List<String> ids, List<Integer> pages) throws Exception {
        Random random = new Random(pageSize);
        List<RamBlock> blocks = new ArrayList<>();
        List<byte[]> guest = new ArrayList<>();
        for (int block = 0; block < ids.size(); block++) {
            byte[] bytes = new byte[pages.get(block) * pageSize];
            random.nextBytes(bytes);
            guest.add(bytes);
            blocks.add(new RamBlock(ids.get(block), bytes.length));
        }
        RamDirectory laidOut = RamDirectory.layOut(directory, new Manifest(pageSize, blocks));
        laidOut.writeManifest();
        for (int block = 0; block < ids.size(); block++) {
            Files.write(laidOut.files().get(block), guest.get(block));
        }
        return guest;
    }
}
