package io.godwit.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.checkpoint.elf.ElfCore;
import io.godwit.checkpoint.elf.MemoryRange;
import io.godwit.checkpoint.local.CheckpointDirectory;
import io.godwit.checkpoint.local.CheckpointMemory;
import io.godwit.checkpoint.local.HashProgress;
import io.godwit.checkpoint.local.LocalPages;
import io.godwit.hash.PageDigest;
import io.godwit.qemu.qmp.QmpClient;
import io.godwit.record.CheckpointEntry;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Core dumps that a real QEMU makes say what is in the file that it has its guest's memory in. */
@Timeout(240)
final class CoreDumpTest {
    private static final int MEMORY_MEBIBYTES = 192;
    private static final long MEMORY = (long) MEMORY_MEBIBYTES << 20;
    private static final long MIB = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final GuestSpec GUEST = GuestSpec.of(
                    MEMORY_MEBIBYTES, "hot=16M text=24M random=16M repeat=4M writes=2000 sweep=20000")
            .withSharedMemory();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"pc", "q35"})
    void memoryOfA64BitGuestIsReadWithAndWithoutPaging(String machine) throws Exception {
        try (QemuGuest guest = QemuGuest.boot(
                TestGuestImages.require(), directory.resolve("guest"), GUEST.withOptions("-machine", machine))) {
            guest.console().awaitReady(PATIENCE);
            guest.pause();

            ElfCore plain = ElfCore.read(dump(guest, false));
            ElfCore paged = ElfCore.read(dump(guest, true));

            assertThat(plain.file())
                    .satisfies(file -> assertThat(elfClass(file)).isEqualTo(2));
            assertThat(comparedWith(ramFile(guest), plain)).isEqualTo(MEMORY - MIB);
            // Linux maps all but some pages of its own memory.
            assertThat(comparedWith(ramFile(guest), paged)).isBetween(MEMORY * 9 / 10, MEMORY - MIB);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void memoryOfA32BitPcIsRead(boolean paging) throws Exception {
        // Its firmware loads kernel and initrd; the kernel then sees that it cannot run there.
        try (QemuGuest guest = QemuGuest.boot(of32Bit(), directory.resolve("guest"), GUEST)) {
            await().atMost(PATIENCE).until(() -> bytesWithContent(ramFile(guest)) > 4 * MIB);
            guest.pause();

            assertThat(comparedWith(ramFile(guest), ElfCore.read(dump(guest, paging))))
                    .isEqualTo(MEMORY - MIB);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a32BitDumpIsRead(boolean paging) throws Exception {
        GuestImages images = of32Bit();
        Path socket = directory.resolve("qmp");
        Path memory = directory.resolve("memory");
        // QEMU writes 32 bits where no memory reaches up to 4 GiB: on a machine without firmware.
        Process bare = new ProcessBuilder(List.of(
                        images.qemu(),
                        "-S",
                        "-display",
                        "none",
                        "-machine",
                        "none,memory-backend=ram",
                        "-m",
                        MEMORY_MEBIBYTES + "M",
                        "-object",
                        "memory-backend-file,id=ram,share=on,size=" + MEMORY_MEBIBYTES + "M,mem-path=" + memory,
                        "-cpu",
                        "qemu32,apic-id=0",
                        "-device",
                        "loader,addr=0x200000,force-raw=on,file=" + images.kernel(),
                        "-qmp",
                        "unix:" + socket + ",server=on,wait=off"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        try {
            await().atMost(PATIENCE).ignoreExceptions().until(() -> connect(socket));
            assertThat(bytesWithContent(memory)).isGreaterThan(4 * MIB);
            ElfCore core;
            try (QmpClient qmp = QmpClient.connect(socket, PATIENCE)) {
                core = ElfCore.read(dump(qmp, paging));
            }
            assertThat(elfClass(core.file())).isEqualTo(1);
            assertThat(comparedWith(memory, core)).isEqualTo(MEMORY - MIB);
        } finally {
            bare.destroyForcibly().waitFor();
        }
    }

    private static boolean connect(Path socket) throws IOException {
        QmpClient.connect(socket, PATIENCE).close();
        return true;
    }

    @Test
    void aDumpIsACheckpointOfTheGuestsMemory() throws Exception {
        Path file;
        Path dumped;
        try (QemuGuest guest = QemuGuest.boot(TestGuestImages.require(), directory.resolve("guest"), GUEST)) {
            guest.console().awaitReady(PATIENCE);
            guest.pause();
            file = ramFile(guest);
            dumped = dump(guest, false);
        }
        CheckpointDirectory checkpoints = CheckpointDirectory.open(directory.resolve("checkpoints"));

        CheckpointEntry added = checkpoints.add("base", CheckpointMemory.ofElf(dumped), new HashProgress());

        assertThat(added.source()).isEqualTo("elf");
        assertThat(added.hashes()).isGreaterThan((40 << 20) >> 12);
        try (LocalPages pages = checkpoints.pages(List.of(added.checkpoint()), ElfCore.PAGE_SIZE);
                RandomAccessFile memory = new RandomAccessFile(file.toFile(), "r")) {
            PageDigest sha256 = new PageDigest();
            byte[] hash = new byte[PageDigest.BYTES];
            byte[] page = new byte[ElfCore.PAGE_SIZE];
            byte[] read = new byte[ElfCore.PAGE_SIZE];
            byte[] zero = new byte[ElfCore.PAGE_SIZE];
            memory.seek(MIB);
            for (long at = MIB; at < MEMORY; at += page.length) {
                memory.readFully(page);
                sha256.digest(page, 0, page.length, hash, 0);
                boolean isZero = Arrays.equals(page, zero);
                assertThat(pages.read(hash, 0, read, 0, read.length)).isNotEqualTo(isZero);
                assertThat(isZero || Arrays.equals(read, page)).isTrue();
            }
        }
    }

    private static GuestImages of32Bit() {
        GuestImages images = TestGuestImages.require();
        return new GuestImages("qemu-system-i386", images.kernel(), images.initrd());
    }

    private Path dump(QemuGuest guest, boolean paging) throws IOException {
        return dump(guest.qmp(), paging);
    }

    private Path dump(QmpClient qmp, boolean paging) throws IOException {
        Path file = directory.resolve(paging ? "paged" : "plain");
        qmp.execute("dump-guest-memory", Map.of("paging", paging, "protocol", "file:" + file));
        return file;
    }

    private static Path ramFile(QemuGuest guest) {
        return guest.ramDirectory().files().get(0);
    }

    private static long bytesWithContent(Path memory) throws IOException {
        byte[] zero = new byte[ElfCore.PAGE_SIZE];
        byte[] page = new byte[ElfCore.PAGE_SIZE];
        long bytes = 0;
        try (InputStream file = new BufferedInputStream(Files.newInputStream(memory))) {
            while (file.readNBytes(page, 0, page.length) == page.length) {
                bytes += Arrays.equals(page, zero) ? 0 : page.length;
            }
        }
        return bytes;
    }

    private static int elfClass(Path file) {
        try (RandomAccessFile dump = new RandomAccessFile(file.toFile(), "r")) {
            dump.seek(4);
            return dump.read();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Compares what a dump says of memory from 1 MiB on with the file that is this memory; below, firmware lies over it.
     *
     * @return bytes that were compared
     */
    private static long comparedWith(Path memory, ElfCore core) throws IOException {
        long compared = 0;
        try (RandomAccessFile expected = new RandomAccessFile(memory.toFile(), "r");
                RandomAccessFile dump = new RandomAccessFile(core.file().toFile(), "r")) {
            for (MemoryRange range : core.ranges()) {
                long from = Math.max(MIB, range.address());
                long to = Math.min(MEMORY, range.address() + range.fileLength());
                for (long at = from; at < to; at += MIB) {
                    byte[] page = new byte[(int) Math.min(MIB, to - at)];
                    byte[] dumped = new byte[page.length];
                    expected.seek(at);
                    expected.readFully(page);
                    dump.seek(range.filePosition() + at - range.address());
                    dump.readFully(dumped);
                    assertThat(Arrays.equals(dumped, page))
                            .as("memory at %x", at)
                            .isTrue();
                    compared += page.length;
                }
            }
        }
        return compared;
    }
}
