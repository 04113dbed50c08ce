package io.godwit.consumer.sink;

import io.godwit.ramdir.MappedBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/**
 * A RAM block's pages in a file.
 *
 * <p>Pages are written by positional writes, a run a call, and read through a mapping; Linux keeps both on the same cached
 * pages. Writes cost less than stores to a mapping, which faults on every fresh page, and a full disk is told by the call that
 * meets it, while a store would lose the page.
 *
 * <p>Any thread may read and write; writes to the same page by two threads are not ordered.
 */
public final class PageFile implements AutoCloseable {
    private static final int ZEROS_BYTES = 1 << 18;
    private static final ByteBuffer ZEROS =
            ByteBuffer.allocateDirect(ZEROS_BYTES).asReadOnlyBuffer();

    private final MappedBlock memory;
    private final int pageSize;

    /** Takes over {@code memory}, and closes it when it is closed. */
    public PageFile(MappedBlock memory, int pageSize) {
        this.memory = Objects.requireNonNull(memory, "memory");
        this.pageSize = pageSize;
    }

    /** Copies page {@code index} into {@code output} from {@code outputOffset} on. */
    public void read(long index, byte[] output, int outputOffset) {
        memory.read(index * pageSize, output, outputOffset, pageSize);
    }

    /** Replaces pages from {@code index} on by those from the buffer's position to its limit, where its position then is. */
    public void write(long index, ByteBuffer pages) throws IOException {
        writeFully(memory.channel(), index * pageSize, pages);
    }

    /** Makes {@code count} pages from {@code index} on zero. */
    public void writeZero(long index, int count) throws IOException {
        ByteBuffer pages = ZEROS.duplicate();
        long position = index * pageSize;
        long end = position + (long) count * pageSize;
        while (position < end) {
            pages.position(0).limit((int) Math.min(ZEROS_BYTES, end - position));
            int chunk = pages.remaining();
            writeFully(memory.channel(), position, pages);
            position += chunk;
        }
    }

    @Override
    public void close() throws IOException {
        memory.close();
    }

    static void writeFully(FileChannel channel, long position, ByteBuffer bytes) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }
}
