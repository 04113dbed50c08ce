package io.godwit.producer.source;

import io.godwit.ramdir.RamDirectory;
import io.godwit.ramdir.RamDirectoryException;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The open files of a RAM directory's blocks. Any thread may read.
 *
 * <p>Read, not mapped: first touches of a mapping cost a page fault each, and give every hole of a file in shared memory a
 * page of its own; and a file cut short would kill the process.
 */
final class BlockFiles implements BlockReader {
    private final RamDirectory directory;
    private final List<FileChannel> channels = new ArrayList<>();

    BlockFiles(RamDirectory directory) throws IOException {
        this.directory = directory;
        try {
            for (Path file : directory.files()) {
                channels.add(FileChannel.open(file, StandardOpenOption.READ));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public Manifest manifest() {
        return directory.manifest();
    }

    /** @throws RamDirectoryException if the file ends before */
    @Override
    public void read(int block, long position, ByteBuffer output) throws IOException, InterruptedException {
        FileChannel channel = channels.get(block);
        int start = output.position();
        while (output.hasRemaining()) {
            if (FileReads.read(channel, position + output.position() - start, output, directory.path()) < 0) {
                throw new RamDirectoryException(directory.files().get(block) + " ended at " + channel.size() + " of "
                        + manifest().blocks().get(block).length()
                        + " bytes while it was read: another process cut it short");
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : channels) {
            channel.close();
        }
    }
}
