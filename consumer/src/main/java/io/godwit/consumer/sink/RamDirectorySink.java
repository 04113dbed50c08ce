package io.godwit.consumer.sink;

import io.godwit.ramdir.MappedBlock;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** A RAM directory as a sink: one sparse file a RAM block. */
final class RamDirectorySink implements PageSink {
    private final RamDirectory directory;
    private final Path deviceState;
    private final List<PageFile> blocks;

    private RamDirectorySink(RamDirectory directory, Path deviceState, List<PageFile> blocks) {
        this.directory = directory;
        this.deviceState = deviceState;
        this.blocks = blocks;
    }

    /**
     * Opens the directory's files, and creates those that are missing.
     *
     * @param deviceState where device state is kept until the migration is complete
     */
    static RamDirectorySink open(RamDirectory directory, Path deviceState) throws IOException {
        Manifest manifest = directory.manifest();
        List<PageFile> blocks = new ArrayList<>();
        try {
            for (int block = 0; block < directory.files().size(); block++) {
                MappedBlock memory = MappedBlock.openWritable(
                        directory.files().get(block),
                        manifest.blocks().get(block).length());
                blocks.add(new PageFile(memory, manifest.pageSize()));
            }
        } catch (IOException | RuntimeException e) {
            closeAll(blocks, e);
            throw e;
        }
        return new RamDirectorySink(directory, deviceState, blocks);
    }

    @Override
    public void read(int block, long index, byte[] output, int outputOffset) {
        blocks.get(block).read(index, output, outputOffset);
    }

    @Override
    public void write(int block, long index, ByteBuffer pages) throws IOException {
        blocks.get(block).write(index, pages);
    }

    @Override
    public void writeZero(int block, long index, int count) throws IOException {
        blocks.get(block).writeZero(index, count);
    }

    @Override
    public void writeDeviceState(long position, byte[] chunk) throws IOException {
        try (FileChannel channel = FileChannel.open(deviceState, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            if (channel.size() < position) {
                throw new IOException(deviceState + " has " + channel.size() + " bytes, " + position + " were written");
            }
            channel.truncate(position);
            PageFile.writeFully(channel, position, ByteBuffer.wrap(chunk));
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

    private static void closeAll(List<PageFile> blocks, Exception failure) {
        for (PageFile block : blocks) {
            try {
                block.close();
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
    }
}
