package io.godwit.consumer.qemu;

import io.godwit.consumer.sink.PageFile;
import io.godwit.consumer.sink.PageSink;
import io.godwit.ramdir.MappedBlock;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An incoming QEMU as a sink: a block in a shared file is written there, which is the guest's memory; another one is written to
 * a spool, a sparse file without a name, and forwarded from it.
 */
final class QemuSink implements PageSink {
    private final IncomingGuest guest;
    private final Forwarder forwarder;
    private final List<PageFile> memory = new ArrayList<>();
    /** By block; null where it is not forwarded. */
    private final DirtyPages[] dirty;

    private final int pageSize;
    private final FileChannel deviceState;
    private int preambleBytes;
    private boolean loaded;

    // The spools are closed with the sink.
    @SuppressWarnings("resource")
    QemuSink(IncomingGuest guest, Manifest manifest, Path directory) throws IOException {
        this.guest = guest;
        this.pageSize = manifest.pageSize();
        this.dirty = new DirtyPages[manifest.blocks().size()];
        this.deviceState = FileChannel.open(
                directory.resolve("device.state"),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.DELETE_ON_CLOSE);
        List<ForwardedBlock> forwarded = new ArrayList<>();
        for (int block = 0; block < dirty.length; block++) {
            Optional<PageFile> placed = guest.placed(block);
            if (placed.isPresent()) {
                memory.add(placed.get());
            } else {
                PageFile spool = spool(directory.resolve("spool-" + block), manifest, block);
                memory.add(spool);
                dirty[block] = new DirtyPages(manifest.pages(block));
                forwarded.add(new ForwardedBlock(block, spool::read, dirty[block]));
            }
        }
        forwarder = guest.forward(forwarded);
    }

    private static PageFile spool(Path file, Manifest manifest, int block) throws IOException {
        MappedBlock spool =
                MappedBlock.openWritable(file, manifest.blocks().get(block).length());
        // It lives until it is closed, and is gone even when this process is killed.
        Files.delete(file);
        return new PageFile(spool, manifest.pageSize());
    }

    @Override
    public void read(int block, long index, byte[] output, int outputOffset) {
        memory.get(block).read(index, output, outputOffset);
    }

    @Override
    public void write(int block, long index, ByteBuffer pages) throws IOException {
        int count = pages.remaining() / pageSize;
        guest.check();
        memory.get(block).write(index, pages);
        written(block, index, count);
    }

    @Override
    public void writeZero(int block, long index, int count) throws IOException {
        guest.check();
        memory.get(block).writeZero(index, count);
        written(block, index, count);
    }

    /** Comes after the write: {@link DirtyPages} relies on it. */
    private void written(int block, long index, int count) {
        if (dirty[block] != null) {
            dirty[block].set(index, count);
            forwarder.pagesWritten();
        }
    }

    @Override
    public void check() throws IOException {
        guest.check();
    }

    @Override
    public void endRound(int round) {
        forwarder.firstRoundApplied();
    }

    @Override
    public void writeDeviceState(long position, byte[] chunk) throws IOException {
        guest.check();
        if (position == 0) {
            // By contract the first chunk is the preamble.
            preambleBytes = guest.preamble(chunk);
        }
        deviceState.truncate(position);
        ByteBuffer bytes = ByteBuffer.wrap(chunk);
        while (bytes.hasRemaining()) {
            deviceState.write(bytes, position + bytes.position());
        }
    }

    /** Has QEMU load the guest, which stands still in it when this returns. */
    @Override
    public void prepare(boolean withDeviceState) throws IOException {
        if (loaded) {
            return;
        }
        if (!withDeviceState) {
            throw new IncomingQemuException(
                    "the migration has no device state: it is not of a guest of QEMU; receive it with --ram-dir");
        }
        guest.finish(deviceState.map(FileChannel.MapMode.READ_ONLY, preambleBytes, deviceState.size() - preambleBytes));
        loaded = true;
    }

    /** Runs the guest. */
    @Override
    public void complete(boolean withDeviceState) throws IOException {
        guest.run();
    }

    @Override
    public void close() throws IOException {
        // The forwarder first: it reads what is closed after it.
        guest.close();
        for (PageFile block : memory) {
            block.close();
        }
        deviceState.close();
    }
}
