package io.godwit.producer.source;

import io.godwit.producer.precopy.DirtyBitmap;
import io.godwit.producer.precopy.DirtyMemory;
import io.godwit.ramdir.RamDirectory;
import io.godwit.ramdir.RamDirectoryException;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of a RAM directory as memory that nobody writes.
 *
 * <p>Read, not mapped: first touches of a mapping cost a page fault each, and a file cut short would kill the process.
 */
final class FileMemory implements DirtyMemory, AutoCloseable {
    /** Bytes read at a time: few enough to stay in a core's cache until they are passed on. */
    private static final int READ_BYTES = 512 << 10;

    private final RamDirectory directory;
    private final List<FileChannel> channels = new ArrayList<>();
    private final List<DirtyBitmap> dirty = new ArrayList<>();
    private final ByteBuffer buffer;

    private int bufferedBlock = -1;
    private long bufferedStart;

    FileMemory(RamDirectory directory) throws IOException {
        this.directory = directory;
        buffer = ByteBuffer.allocateDirect(
                Math.max(READ_BYTES, DirtyBitmap.WORD_PAGES * manifest().pageSize()));
        try {
            for (Path file : directory.files()) {
                channels.add(FileChannel.open(file, StandardOpenOption.READ));
                dirty.add(new DirtyBitmap(manifest().pages(dirty.size())));
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

    @Override
    public DirtyBitmap dirty(int block) {
        return dirty.get(block);
    }

    @Override
    public ByteBuffer view(int block, int first, int count) throws IOException, InterruptedException {
        long position = (long) first * manifest().pageSize();
        long end = position + (long) count * manifest().pageSize();
        boolean isBuffered =
                block == bufferedBlock && position >= bufferedStart && end <= bufferedStart + buffer.limit();
        if (!isBuffered) {
            fill(block, position);
        }
        return buffer.position((int) (position - bufferedStart));
    }

    /** Reads ahead from {@code position}, up to the buffer's or the block's end. */
    private void fill(int block, long position) throws IOException, InterruptedException {
        long length = manifest().blocks().get(block).length();
        bufferedBlock = -1;
        buffer.position(0).limit((int) Math.min(buffer.capacity(), length - position));
        while (buffer.hasRemaining()) {
            long at = position + buffer.position();
            if (read(channels.get(block), at) < 0) {
                throw new RamDirectoryException(directory.files().get(block) + " ended at " + at + " of " + length
                        + " bytes while it was read: another process cut it short");
            }
        }
        bufferedBlock = block;
        bufferedStart = position;
    }

    private int read(FileChannel channel, long position) throws IOException, InterruptedException {
        try {
            return channel.read(buffer, position);
        } catch (ClosedByInterruptException e) {
            // Clears the flag, as whoever throws this does.
            Thread.interrupted();
            InterruptedException interrupted =
                    new InterruptedException("interrupted while reading " + directory.path());
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    @Override
    public boolean isLive() {
        return false;
    }

    @Override
    public boolean isThrottleable() {
        return false;
    }

    @Override
    public void throttle(int percent) {
        // Nobody writes.
    }

    @Override
    public void pause() {
        // Nobody writes.
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : channels) {
            channel.close();
        }
    }
}
