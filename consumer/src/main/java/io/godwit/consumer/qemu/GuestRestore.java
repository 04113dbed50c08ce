package io.godwit.consumer.qemu;

import io.godwit.codec.ZeroPage;
import io.godwit.consumer.sink.PageFile;
import io.godwit.files.TemporaryDirectory;
import io.godwit.ramdir.MappedBlock;
import io.godwit.ramdir.RamDirectory;
import io.godwit.ramdir.RamDirectoryException;
import io.godwit.record.Manifest;
import io.godwit.report.ByteCounts;
import io.godwit.report.PageCounts;
import io.godwit.report.RoleReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Continues a guest that is suspended in a RAM directory, in a QEMU that waits for one. One use, one thread. */
public final class GuestRestore {
    private static final int CHUNK_PAGES = 64;
    /** More than a preamble has. */
    private static final int HEAD_BYTES = 1 << 16;

    private final RamDirectory directory;
    private final Path qmp;
    private final Manifest manifest;
    private final List<MappedBlock> blocks = new ArrayList<>();

    /**
     * @param directory the guest's memory, with its device state; it is only read
     * @param qmp monitor of a QEMU that was started with {@code -incoming defer -S}
     * @throws RamDirectoryException if the directory holds no suspended guest
     */
    public GuestRestore(Path directory, Path qmp) throws IOException {
        this.directory = RamDirectory.open(directory);
        this.qmp = qmp;
        this.manifest = this.directory.manifest();
        if (!Files.isRegularFile(deviceState())) {
            throw new RamDirectoryException(directory + " has no " + RamDirectory.DEVICE_STATE_FILE
                    + ": it is the memory of a guest, and not a guest that can be continued");
        }
    }

    /**
     * Loads the guest into QEMU and runs it; returns when it runs.
     *
     * @return what was done; counts that are not taken are null
     * @throws IncomingQemuException if QEMU cannot take it
     * @throws IOException if the directory cannot be read, or QEMU's memory not be written
     */
    public RoleReport restore() throws IOException {
        long begin = System.nanoTime();
        try (IncomingQemu qemu = IncomingQemu.connect(qmp);
                FileChannel state = FileChannel.open(deviceState(), StandardOpenOption.READ)) {
            for (int block = 0; block < directory.files().size(); block++) {
                blocks.add(MappedBlock.openReadOnly(
                        directory.files().get(block),
                        manifest.blocks().get(block).length()));
            }
            load(qemu, state.map(FileChannel.MapMode.READ_ONLY, 0, state.size()));
        } finally {
            for (MappedBlock block : blocks) {
                block.close();
            }
        }
        return report(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin));
    }

    private RoleReport report(long millis) {
        return new RoleReport(
                directory.path().toString(),
                "restore",
                "completed",
                0,
                new PageCounts(null, null, null, null, null, null),
                new ByteCounts(manifest.totalBytes(), null, null),
                millis,
                null,
                null,
                null);
    }

    private void load(IncomingQemu qemu, ByteBuffer deviceState) throws IOException {
        byte[] head = new byte[Math.min(HEAD_BYTES, deviceState.remaining())];
        deviceState.get(head);
        // Before anything is written: memory in shared files is emptied first.
        qemu.checkMachine(IncomingGuest.parse(head).machine());
        try (TemporaryDirectory sockets = TemporaryDirectory.create(QemuTarget.TEMPORARY_PREFIX);
                IncomingGuest guest = IncomingGuest.open(qemu, manifest, sockets.path())) {
            List<PageFile> placed = new ArrayList<>();
            List<ForwardedBlock> forwarded = new ArrayList<>();
            for (int block = 0; block < blocks.size(); block++) {
                Optional<PageFile> memory = guest.placed(block);
                placed.add(memory.orElse(null));
                if (memory.isEmpty()) {
                    forwarded.add(forwarded(block));
                }
            }
            Forwarder forwarder = guest.forward(forwarded);
            deviceState.position(guest.preamble(head));
            forwarder.pagesWritten();
            for (int block = 0; block < blocks.size(); block++) {
                if (placed.get(block) != null) {
                    place(block, placed.get(block));
                }
            }
            guest.finish(deviceState);
            guest.run();
        }
    }

    private ForwardedBlock forwarded(int block) {
        DirtyPages dirty = new DirtyPages(manifest.pages(block));
        dirty.setAll();
        int pageSize = manifest.pageSize();
        return new ForwardedBlock(
                block,
                (index, output, outputOffset) ->
                        blocks.get(block).read(index * pageSize, output, outputOffset, pageSize),
                dirty);
    }

    /** Copies the pages that are not zero, and closes the file. */
    private void place(int block, PageFile memory) throws IOException {
        int pageSize = manifest.pageSize();
        byte[] chunk = new byte[CHUNK_PAGES * pageSize];
        try (memory) {
            for (long first = 0; first < manifest.pages(block); first += CHUNK_PAGES) {
                int count = (int) Math.min(CHUNK_PAGES, manifest.pages(block) - first);
                blocks.get(block).read(first * pageSize, chunk, 0, count * pageSize);
                placeChunk(memory, first, count, chunk);
            }
        }
    }

    private void placeChunk(PageFile memory, long first, int count, byte[] chunk) throws IOException {
        int pageSize = manifest.pageSize();
        int at = 0;
        while (at < count) {
            int from = at;
            while (at < count && !ZeroPage.isZero(chunk, at * pageSize, pageSize)) {
                at++;
            }
            if (at > from) {
                memory.write(first + from, ByteBuffer.wrap(chunk, from * pageSize, (at - from) * pageSize));
            } else {
                at++;
            }
        }
    }

    private Path deviceState() {
        return directory.path().resolve(RamDirectory.DEVICE_STATE_FILE);
    }
}
