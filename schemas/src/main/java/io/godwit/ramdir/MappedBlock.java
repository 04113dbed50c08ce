package io.godwit.ramdir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A RAM block's file, mapped as a whole: positions are longs, windows of 1 GiB lie side by side below them. A page never
 * crosses a window.
 *
 * <p>Any thread may read and write; writes to the same bytes by two threads are not ordered. Mappings live until they are
 * collected as garbage, so keep a block for as long as its memory is used.
 */
public final class MappedBlock implements AutoCloseable {
    /** Bytes a window; a multiple of every page size. */
    public static final long WINDOW_BYTES = 1L << 30;

    private final FileChannel channel;
    private final long length;
    private final MappedByteBuffer[] windows;

    private MappedBlock(FileChannel channel, long length, FileChannel.MapMode mode) throws IOException {
        this.channel = channel;
        this.length = length;
        windows = new MappedByteBuffer[Math.toIntExact((length + WINDOW_BYTES - 1) / WINDOW_BYTES)];
        for (int window = 0; window < windows.length; window++) {
            long start = window * WINDOW_BYTES;
            windows[window] = channel.map(mode, start, Math.min(WINDOW_BYTES, length - start));
        }
    }

    /**
     * Maps an existing file for reading.
     *
     * @param length bytes to map; the file must be at least as long
     */
    public static MappedBlock openReadOnly(Path file, long length) throws IOException {
        return open(file, "r", length, FileChannel.MapMode.READ_ONLY);
    }

    /** Maps a file for reading and writing; creates it, sparse, or lengthens it where it is shorter. */
    public static MappedBlock openWritable(Path file, long length) throws IOException {
        return open(file, "rw", length, FileChannel.MapMode.READ_WRITE);
    }

    // The channel outlives this method in the block that is returned, and closing it closes the file.
    @SuppressWarnings("resource")
    private static MappedBlock open(Path file, String access, long length, FileChannel.MapMode mode)
            throws IOException {
        RandomAccessFile opened = new RandomAccessFile(file.toFile(), access);
        try {
            if (mode == FileChannel.MapMode.READ_WRITE && opened.length() < length) {
                opened.setLength(length);
            }
            if (opened.length() < length) {
                // A mapping past the end would be granted, and kill the process when touched.
                throw new RamDirectoryException(
                        file + " has " + opened.length() + " bytes, " + length + " are to be mapped");
            }
            return new MappedBlock(opened.getChannel(), length, mode);
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** Bytes of the block. */
    public long length() {
        return length;
    }

    /** The block's file, for positional reads and writes; the mapping sees them at once. */
    public FileChannel channel() {
        return channel;
    }

    /** The window that holds {@code position}; not to be moved or closed: use absolute access at {@link #windowOffset}. */
    public ByteBuffer window(long position) {
        return windows[(int) (position / WINDOW_BYTES)];
    }

    /** Where {@code position} lies in its window. */
    public static int windowOffset(long position) {
        return (int) (position % WINDOW_BYTES);
    }

    /** Copies {@code count} bytes from {@code position} into {@code output}. */
    public void read(long position, byte[] output, int outputOffset, int count) {
        Objects.checkFromIndexSize(position, count, length);
        long at = position;
        int done = 0;
        while (done < count) {
            int chunk = (int) Math.min(count - done, WINDOW_BYTES - windowOffset(at));
            window(at).get(windowOffset(at), output, outputOffset + done, chunk);
            done += chunk;
            at += chunk;
        }
    }

    /** Copies {@code count} bytes of {@code input} to {@code position}. */
    public void write(long position, byte[] input, int inputOffset, int count) {
        Objects.checkFromIndexSize(position, count, length);
        long at = position;
        int done = 0;
        while (done < count) {
            int chunk = (int) Math.min(count - done, WINDOW_BYTES - windowOffset(at));
            window(at).put(windowOffset(at), input, inputOffset + done, chunk);
            done += chunk;
            at += chunk;
        }
    }

    /** Closes the file; the mapping stays until it is collected. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
