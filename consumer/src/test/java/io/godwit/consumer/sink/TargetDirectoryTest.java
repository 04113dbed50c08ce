package io.godwit.consumer.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.consumer.position.LanePosition;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import io.godwit.record.StreamBody.StreamStart;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetDirectoryTest {
    private static final int PAGE_SIZE = 4096;
    private static final String STREAM = "stream-1";
    private static final String BOOT = "boot-1";
    private static final LanePosition POSITION =
            LanePosition.afterStart(1, false, 1).next().readFrom(2);

    @TempDir
    Path parent;

    private Path path;

    @BeforeEach
    void choose() {
        path = parent.resolve("targets/vm1");
    }

    @Test
    void blocksOfAnyNameAndSizeAreSparseFiles() throws Exception {
        long large = (3L << 30) + PAGE_SIZE;
        StreamStart start = start(
                new RamBlock("/rom@etc/acpi/rsdp", PAGE_SIZE),
                new RamBlock("../..", PAGE_SIZE),
                new RamBlock("pc.ram", large),
                new RamBlock("0000:00:02.0/vga.vram", 16L * PAGE_SIZE));
        byte[] last = page(7);
        try (TargetDirectory directory = claim("vm1");
                OpenTarget open = directory.create(start)) {
            open.sink().write(2, large / PAGE_SIZE - 1, ByteBuffer.wrap(last));
            open.sink().write(0, 0, ByteBuffer.wrap(page(9)));
        }

        RamDirectory ram = RamDirectory.open(path);
        assertThat(ram.manifest()).isEqualTo(start.manifest());
        assertThat(ram.files()).allMatch(file -> file.getParent().equals(path));
        assertThat(ram.files().get(0)).hasBinaryContent(page(9));
        try (RandomAccessFile file = new RandomAccessFile(ram.files().get(2).toFile(), "r")) {
            byte[] read = new byte[PAGE_SIZE];
            assertThat(file.length()).isEqualTo(large);
            file.seek(large - PAGE_SIZE);
            file.readFully(read);
            assertThat(read).isEqualTo(last);
        }
        assertThat(allocatedBytes(ram.files().get(2))).isLessThan(1 << 20);
    }

    @Test
    void theSinkReadsWhatItWroteAndZeroesIt() throws Exception {
        try (TargetDirectory directory = claim("vm1");
                OpenTarget open = directory.create(start(new RamBlock("ram", 128L * PAGE_SIZE)))) {
            PageSink sink = open.sink();
            ByteBuffer two =
                    ByteBuffer.allocate(2 * PAGE_SIZE).put(page(1)).put(page(2)).flip();
            sink.write(0, 100, two);
            assertThat(two.hasRemaining()).isFalse();
            assertThat(read(sink, 100)).isEqualTo(page(1));
            assertThat(read(sink, 101)).isEqualTo(page(2));
            assertThat(read(sink, 99)).isEqualTo(page(0));

            sink.write(0, 0, ByteBuffer.wrap(page(3)));
            sink.writeZero(0, 0, 101);

            assertThat(read(sink, 0)).isEqualTo(page(0));
            assertThat(read(sink, 100)).isEqualTo(page(0));
            assertThat(read(sink, 101)).isEqualTo(page(2));
        }
    }

    @Test
    void whatAKilledReceiverLeftIsGoneOnWith() throws Exception {
        begin();

        try (TargetDirectory directory = claim("vm1")) {
            Optional<OpenTarget> left = directory.resume(STREAM);
            assertThat(left).isPresent();
            try (OpenTarget open = left.get()) {
                assertThat(open.positions().load(1)).isEqualTo(POSITION);
                assertThat(open.positions().load(0)).isEqualTo(LanePosition.NONE);
                assertThat(open.hashes().get(0, 1)).isEqualTo(77);
                assertThat(open.lanes().lanes()).isEqualTo(2);
                assertThat(read(open.sink(), 1)).isEqualTo(page(5));
            }
        }
    }

    @Test
    void afterARestartOfTheMachineEverythingIsReceivedAgain() throws Exception {
        begin();

        try (TargetDirectory directory = claim("vm1", "boot-2", Long.MAX_VALUE)) {
            assertThat(directory.resume(STREAM)).isEmpty();
            try (OpenTarget open = directory.create(start(new RamBlock("ram", 4L * PAGE_SIZE)))) {
                assertThat(open.positions().load(1)).isEqualTo(LanePosition.NONE);
                assertThat(open.hashes().get(0, 1)).isZero();
                assertThat(read(open.sink(), 1)).isEqualTo(page(0));
            }
        }
    }

    @Test
    void whatIsCompleteIsNotReceivedAgainAfterARestartOfTheMachine() throws Exception {
        begin();
        try (TargetDirectory directory = claim("vm1");
                OpenTarget open = directory.resume(STREAM).orElseThrow()) {
            open.positions().complete();
        }

        try (TargetDirectory directory = claim("vm1", "boot-2", Long.MAX_VALUE)) {
            assertThatThrownBy(() -> directory.resume(STREAM))
                    .isInstanceOf(TargetException.class)
                    .hasMessageContaining("completed before this machine was restarted");
        }
    }

    @Test
    void positionsThatAreNotValidAreNotGoneOnWith() throws Exception {
        begin();
        try (TargetDirectory directory = claim("vm1");
                OpenTarget open = directory.resume(STREAM).orElseThrow()) {
            open.positions().invalidate();
        }

        try (TargetDirectory directory = claim("vm1")) {
            assertThat(directory.resume(STREAM)).isEmpty();
        }
    }

    @Test
    void aDirectoryOfAnotherMigrationIsRefusedByName() throws Exception {
        begin();

        assertThatThrownBy(() -> claim("vm2"))
                .isInstanceOf(TargetException.class)
                .hasMessage(path + " holds migration vm1, not vm2: choose an empty directory");
    }

    @Test
    void aDirectoryOfADeletedStreamIsRefused() throws Exception {
        begin();

        try (TargetDirectory directory = claim("vm1")) {
            assertThatThrownBy(() -> directory.resume("stream-2"))
                    .isInstanceOf(TargetException.class)
                    .hasMessageContaining("as it was before it was deleted and sent again");
        }
    }

    @Test
    void aDirectoryWithOtherFilesIsRefusedAndNothingIsWritten() throws Exception {
        Files.createDirectories(path);
        for (String name : List.of("a.ram", "b.ram", "c.ram", "manifest.json")) {
            Files.writeString(path.resolve(name), name);
        }

        assertThatThrownBy(() -> claim("vm1"))
                .isInstanceOf(TargetException.class)
                .hasMessage(path + " is not empty: it holds a.ram, b.ram, c.ram and 1 more; choose an empty directory");
        try (Stream<Path> entries = Files.list(path)) {
            assertThat(entries).hasSize(4);
        }
    }

    @Test
    void aFileIsRefused() throws Exception {
        Files.createDirectories(parent.resolve("targets"));
        Files.writeString(path, "x");

        assertThatThrownBy(() -> claim("vm1"))
                .isInstanceOf(TargetException.class)
                .hasMessageContaining("is not a directory");
    }

    @Test
    void twoReceiversNeverShareADirectory() throws Exception {
        try (TargetDirectory directory = claim("vm1")) {
            assertThat(directory).isNotNull();
            assertThatThrownBy(() -> claim("vm1"))
                    .isInstanceOf(TargetException.class)
                    .hasMessageContaining("another receiver is at work in " + path);
        }
        try (TargetDirectory directory = claim("vm1")) {
            assertThat(directory).isNotNull();
        }
    }

    @Test
    void aDiskTooSmallIsRefusedBeforeAnythingIsWritten() throws Exception {
        long needed = 4L * PAGE_SIZE + 4 * Long.BYTES;
        try (TargetDirectory directory = claim("vm1", BOOT, needed - 1)) {
            assertThatThrownBy(() -> directory.create(start(new RamBlock("ram", 4L * PAGE_SIZE))))
                    .isInstanceOf(TargetException.class)
                    .hasMessage("migration vm1 needs " + needed + " bytes in " + path + ", where " + (needed - 1)
                            + " are free: make room, or choose another directory");
        }
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void pagesThatWereWrittenNeedNoMoreRoom() throws Exception {
        begin();

        try (TargetDirectory directory = claim("vm1", BOOT, 3L * PAGE_SIZE);
                OpenTarget open = directory.resume(STREAM).orElseThrow()) {
            assertThat(open.hashes().nonZeroPages()).isEqualTo(1);
        }
        try (TargetDirectory directory = claim("vm1", BOOT, 3L * PAGE_SIZE - 1)) {
            assertThatThrownBy(() -> directory.resume(STREAM)).hasMessageContaining("make room");
        }
    }

    @Test
    void stripesThatNoReaderCouldHoldAreRefused() throws Exception {
        StreamStart start = new StreamStart(
                STREAM,
                new Manifest(PAGE_SIZE, List.of(new RamBlock("ram", PAGE_SIZE))),
                1,
                Integer.MAX_VALUE,
                List.of(),
                "ram-dir",
                1);
        try (TargetDirectory directory = claim("vm1")) {
            assertThatThrownBy(() -> directory.create(start))
                    .isInstanceOf(TargetException.class)
                    .hasMessageContaining("at most 65536 are supported");
        }
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void aBlockFileThatWasChangedSinceIsRefused() throws Exception {
        begin();
        Files.delete(path.resolve("ram.ram"));

        try (TargetDirectory directory = claim("vm1")) {
            assertThatThrownBy(() -> directory.resume(STREAM))
                    .isInstanceOf(TargetException.class)
                    .hasMessageContaining("was changed since")
                    .hasMessageContaining("ram.ram")
                    .hasMessageEndingWith("remove the directory and receive again");
        }
    }

    @Test
    void aReceiverThatBeganNothingLeavesNothingBehind() throws Exception {
        claim("vm1").close();

        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void theMountPointOfAFreshFileSystemCountsAsEmpty() throws Exception {
        Files.createDirectories(path.resolve("lost+found"));

        claim("vm1").close();

        assertThat(path.resolve("lost+found")).exists();
        assertThat(path.resolve(".godwit")).doesNotExist();
    }

    private void begin() throws Exception {
        try (TargetDirectory directory = claim("vm1");
                OpenTarget open = directory.create(start(new RamBlock("ram", 4L * PAGE_SIZE)))) {
            open.sink().write(0, 1, ByteBuffer.wrap(page(5)));
            open.hashes().set(0, 1, 77);
            open.positions().store(1, POSITION);
        }
    }

    private TargetDirectory claim(String migration) throws TargetException, IOException {
        return claim(migration, BOOT, Long.MAX_VALUE);
    }

    private TargetDirectory claim(String migration, String boot, long usableBytes) throws TargetException, IOException {
        return TargetDirectory.claim(path, migration, boot, directory -> usableBytes);
    }

    private static StreamStart start(RamBlock... blocks) {
        return new StreamStart(STREAM, new Manifest(PAGE_SIZE, List.of(blocks)), 2, 512, List.of(), "ram-dir", 1);
    }

    private static byte[] page(int value) {
        byte[] page = new byte[PAGE_SIZE];
        Arrays.fill(page, (byte) value);
        return page;
    }

    private static byte[] read(PageSink sink, long index) throws IOException {
        byte[] page = new byte[PAGE_SIZE];
        sink.read(0, index, page, 0);
        return page;
    }

    /** What {@code du} says: Java has no call for it. */
    private static long allocatedBytes(Path file) throws IOException, InterruptedException {
        Process du = new ProcessBuilder("du", "--block-size=1", file.toString()).start();
        String output = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(du.waitFor()).isZero();
        return Long.parseLong(output.split("\\s", 2)[0]);
    }
}
