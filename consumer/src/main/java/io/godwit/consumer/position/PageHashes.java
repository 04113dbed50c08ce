package io.godwit.consumer.position;

import io.godwit.record.Manifest;
import io.godwit.topic.Lanes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The page hash of every page as it stands on the target, 8 bytes a page in a mapped file: blocks in manifest order, pages in
 * order, native byte order.
 *
 * <p>A page is set by one thread at a time; different pages by any.
 */
public final class PageHashes {
    private static final int WINDOW_BITS = 27;
    /** 1 GiB a window. */
    private static final long WINDOW_PAGES = 1L << WINDOW_BITS;

    private static final long WINDOW_MASK = WINDOW_PAGES - 1;
    private static final int ZEROS_BYTES = 1 << 20;

    private final Manifest manifest;
    private final long[] firstPage;
    private final LongBuffer[] windows;

    private PageHashes(Manifest manifest, FileChannel channel) throws IOException {
        this.manifest = manifest;
        firstPage = new long[manifest.blocks().size()];
        long pages = 0;
        for (int block = 0; block < firstPage.length; block++) {
            firstPage[block] = pages;
            pages += manifest.pages(block);
        }
        windows = new LongBuffer[Math.toIntExact((pages + WINDOW_PAGES - 1) >>> WINDOW_BITS)];
        for (int window = 0; window < windows.length; window++) {
            long start = (long) window << WINDOW_BITS;
            long length = Math.min(WINDOW_PAGES, pages - start);
            windows[window] = channel.map(FileChannel.MapMode.READ_WRITE, start * Long.BYTES, length * Long.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asLongBuffer();
        }
    }

    /** Bytes of the file for {@code manifest}. */
    public static long fileBytes(Manifest manifest) {
        return manifest.totalPages() * Long.BYTES;
    }

    /** Writes a new file, of zero pages alone. */
    public static PageHashes create(Path file, Manifest manifest) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            writeZeros(channel, fileBytes(manifest));
            return new PageHashes(manifest, channel);
        }
    }

    /**
     * Opens an existing file.
     *
     * @throws IOException if it cannot be read or is not for {@code manifest}
     */
    public static PageHashes open(Path file, Manifest manifest) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.size() != fileBytes(manifest)) {
                throw new IOException(file + " has " + channel.size() + " bytes, the hashes of " + manifest.totalPages()
                        + " pages are " + fileBytes(manifest));
            }
            return new PageHashes(manifest, channel);
        }
    }

    /** Hash of page {@code index} of block number {@code block}; 0 where the page is zero. */
    public long get(int block, long index) {
        long page = firstPage[block] + index;
        return windows[(int) (page >>> WINDOW_BITS)].get((int) (page & WINDOW_MASK));
    }

    /** Replaces the hash of a page. */
    public void set(int block, long index, long hash) {
        long page = firstPage[block] + index;
        windows[(int) (page >>> WINDOW_BITS)].put((int) (page & WINDOW_MASK), hash);
    }

    /** Every lane's digest: the sum of its pages' hashes, mod 2^64. */
    public long[] laneDigests(Lanes lanes) {
        long[] digests = new long[lanes.lanes()];
        for (int block = 0; block < firstPage.length; block++) {
            int pages = manifest.pages(block);
            for (int page = 0; page < pages; page++) {
                digests[lanes.laneOf(block, page)] += get(block, page);
            }
        }
        return digests;
    }

    /** Pages that are not zero. */
    public long nonZeroPages() {
        long count = 0;
        for (int block = 0; block < firstPage.length; block++) {
            int pages = manifest.pages(block);
            for (int page = 0; page < pages; page++) {
                count += get(block, page) == 0 ? 0 : 1;
            }
        }
        return count;
    }

    // All bytes are written, none left sparse: a mapped store that finds the disk full would be lost.
    private static void writeZeros(FileChannel channel, long bytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS_BYTES, bytes));
        long left = bytes;
        while (left > 0) {
            zeros.position(0).limit((int) Math.min(zeros.capacity(), left));
            left -= channel.write(zeros);
        }
    }
}
