package io.godwit.consumer.sink;

import io.godwit.ramdir.MappedBlock;
import io.godwit.ramdir.RamDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A RAM directory as a sink: one sparse file a RAM block.
 *
 * <p>Pages are written by positional writes, a run a call, and read through a mapping; Linux keeps both on the same cached
 * pages. Writes cost less than stores to a mapping, which faults on every fresh page, and a full disk is told by the call that
 * meets it, while a store would lose the page.
 */
final class RamDirectorySink implements PageSink {
    private static final int ZEROS_BYTES = 1 << 18;

    private final RamDirectory directory;
    private final Path deviceState;
    private final int pageSize;
    private final List<MappedBlock> blocks;
    private final ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES).asReadOnlyBuffer();

    private RamDirectorySink(RamDirectory directory, Path deviceState, List<MappedBlock> blocks) {
        this.directory = directory;
        this.deviceState = deviceState;
        this.pageSize = directory.manifest().pageSize();
        this.blocks = blocks;
    }

    /**
     * Opens the directory's files, and creates those that are missing.
     *
     * @param deviceState where device state is kept until the migration is complete
     */
    static RamDirectorySink open(RamDirectory directory, Path deviceState) throws IOException {
        List<MappedBlock> blocks = new ArrayList<>();
        try {
            for (int block = 0; block < directory.files().size(); block++) {
                blocks.add(MappedBlock.openWritable(
                        directory.files().get(block),
                        directory.manifest().blocks().get(block).length()));
            }
        } catch (IOException | RuntimeException e) {
            closeAll(blocks, e);
            throw e;
        }
        return new RamDirectorySink(directory, deviceState, blocks);
    }

    @Override
    public void read(int block, long index, byte[] output, int outputOffset) {
        blocks.get(block).read(index * pageSize, output, outputOffset, pageSize);
    }

    @Override
    public void write(int block, long index, ByteBuffer pages) throws IOException {
        writeFully(blocks.get(block).channel(), index * pageSize, pages);
    }

    @Override
    public void writeZero(int block, long index, int count) throws IOException {
        ByteBuffer pages = zeros.duplicate();
        long position = index * pageSize;
        long end = position + (long) count * pageSize;
        while (position < end) {
            pages.position(0).limit((int) Math.min(ZEROS_BYTES, end - position));
            int chunk = pages.remaining();
            writeFully(blocks.get(block).channel(), position, pages);
            position += chunk;
        }
    }

    @Override
    public void writeDeviceState(long position, byte[] chunk) throws IOException {
        try (FileChannel channel = FileChannel.open(deviceState, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            if (channel.size() < position) {
                throw new IOException(deviceState + " has " + channel.size() + " bytes, " + position + " were written");
            }
            channel.truncate(position);
            writeFully(channel, position, ByteBuffer.wrap(chunk));
        }
    }

    @Override
    public void complete(boolean withDeviceState) throws IOException {
        // Where it is gone, an earlier call moved it.
        if (withDeviceState && Files.exists(deviceState)) {
            Files.move(
                    deviceState,
                    directory.path().resolve(RamDirectory.DEVICE_STATE_FILE),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public void close() throws IOException {
        IOException failure = new IOException("block files could not be closed");
        closeAll(blocks, failure);
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }

    private static void closeAll(List<MappedBlock> blocks, Exception failure) {
        for (MappedBlock block : blocks) {
            try {
                block.close();
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
    }

    private static void writeFully(FileChannel channel, long position, ByteBuffer bytes) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }
}
