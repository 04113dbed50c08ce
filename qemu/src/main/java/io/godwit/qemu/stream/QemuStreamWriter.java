package io.godwit.qemu.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.godwit.record.RamBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Objects;

/**
 * Writes a migration stream for an incoming QEMU: preamble, return path, the section {@code ram} in any number of parts, and
 * what the source sent after it.
 *
 * <pre>
 *   preamble                                              {@link #begin}
 *   0x08 be16 1 be16 0                                    the return path is opened
 *   0x08 be16 2 be16 4 be32 value                         ping
 *   0x01 be32 id  u8 3 "ram"  be32 0  be32 4  body        {@link #startRam}
 *   (0x02 be32 id  records  be64 EOS  0x7e be32 id)*      {@link #page}, {@link #zero}, {@link #endPart}
 *   0x03 be32 id  be64 EOS  0x7e be32 id                  {@link #endRam}
 *   device state                                          {@link #write}
 * </pre>
 *
 * <p>Bytes are gathered and go to the channel when the buffer is full or {@link #flush} is called. One thread; the channel
 * stays the caller's.
 *
 * <p>Source: QEMU's {@code migration/savevm.c} and {@code migration/ram.c}.
 */
public final class QemuStreamWriter {
    private static final int RAM_INSTANCE = 0;
    /** Any number but 0, which QEMU's other devices have before their sections come. */
    private static final int RAM_SECTION_ID = 2;

    private static final int BUFFER_BYTES = 1 << 18;
    private static final int NO_BLOCK = -1;

    private final WritableByteChannel channel;
    private final List<RamBlock> blocks;
    private final int pageSize;
    private final byte[][] names;
    private final int largestRecord;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    /** Whether a part of {@code ram} is open. */
    private boolean inPart;
    /** The block that a record may leave unnamed; none at the beginning of a part. */
    private int currentBlock = NO_BLOCK;

    /**
     * @param blocks the guest's RAM blocks, which go by their place in this list
     * @param pageSize bytes a page
     */
    public QemuStreamWriter(WritableByteChannel channel, List<RamBlock> blocks, int pageSize) {
        this.channel = Objects.requireNonNull(channel, "channel");
        this.blocks = List.copyOf(blocks);
        this.pageSize = pageSize;
        this.names = new byte[blocks.size()][];
        for (int block = 0; block < names.length; block++) {
            names[block] = blocks.get(block).id().getBytes(UTF_8);
        }
        largestRecord = 1 + Integer.BYTES + Long.BYTES + 1 + RamBlock.MAX_ID_BYTES + pageSize;
    }

    /** Writes the preamble, opens the return path and asks for a sign of life on it. */
    public void begin(byte[] preamble, int ping) throws IOException {
        write(ByteBuffer.wrap(preamble));
        room(1 + 2 * Short.BYTES);
        buffer.put((byte) StreamFormat.COMMAND)
                .putShort((short) StreamFormat.COMMAND_OPEN_RETURN_PATH)
                .putShort((short) 0);
        room(1 + 2 * Short.BYTES + Integer.BYTES);
        buffer.put((byte) StreamFormat.COMMAND)
                .putShort((short) StreamFormat.COMMAND_PING)
                .putShort((short) Integer.BYTES);
        buffer.putInt(ping);
    }

    /** Announces the RAM blocks of a stream that carries the pages of all of them. */
    public void startRam() throws IOException {
        startRam(new long[0]);
    }

    /**
     * Announces the RAM blocks of a stream that leaves out the pages of shared ones.
     *
     * @param guestAddresses where each block lies in its container, as the destination's QEMU has it; it compares those of
     *     the blocks that are left out
     */
    public void startRamIgnoringShared(long[] guestAddresses) throws IOException {
        if (guestAddresses.length != blocks.size()) {
            throw new IllegalArgumentException(guestAddresses.length + " addresses for " + blocks.size() + " blocks");
        }
        startRam(guestAddresses);
    }

    private void startRam(long[] guestAddresses) throws IOException {
        room(largestRecord);
        buffer.put((byte) StreamFormat.SECTION_START).putInt(RAM_SECTION_ID);
        putName(StreamFormat.RAM.getBytes(UTF_8));
        buffer.putInt(RAM_INSTANCE).putInt(StreamFormat.RAM_VERSION);
        long total = blocks.stream().mapToLong(RamBlock::length).sum();
        buffer.putLong(total | StreamFormat.FLAG_MEM_SIZE);
        for (int block = 0; block < names.length; block++) {
            room(largestRecord);
            putName(names[block]);
            buffer.putLong(blocks.get(block).length());
            if (guestAddresses.length > 0) {
                buffer.putLong(guestAddresses[block]);
            }
        }
        endSection();
    }

    /** Writes a page: {@code page} from {@code pageOffset} on. */
    public void page(int block, long index, byte[] page, int pageOffset) throws IOException {
        record(block, index, StreamFormat.FLAG_PAGE);
        buffer.put(page, pageOffset, pageSize);
    }

    /** Says that a page is zero. */
    public void zero(int block, long index) throws IOException {
        record(block, index, StreamFormat.FLAG_ZERO);
        buffer.put((byte) 0);
    }

    /** Ends the part that is open, if one is: QEMU takes up to here what it was sent. */
    public void endPart() throws IOException {
        if (inPart) {
            endSection();
            inPart = false;
        }
    }

    /** Ends {@code ram}: no page follows. */
    public void endRam() throws IOException {
        endPart();
        room(1 + Integer.BYTES);
        buffer.put((byte) StreamFormat.SECTION_END).putInt(RAM_SECTION_ID);
        endSection();
    }

    /** Writes bytes as they are. */
    public void write(ByteBuffer bytes) throws IOException {
        flush();
        writeFully(bytes);
    }

    /** Hands everything written so far to the channel. */
    public void flush() throws IOException {
        writeFully(buffer.flip());
        buffer.clear();
    }

    private void record(int block, long index, long kind) throws IOException {
        room(largestRecord);
        if (!inPart) {
            buffer.put((byte) StreamFormat.SECTION_PART).putInt(RAM_SECTION_ID);
            inPart = true;
            currentBlock = NO_BLOCK;
        }
        long position = index * pageSize;
        if (block == currentBlock) {
            buffer.putLong(position | kind | StreamFormat.FLAG_CONTINUE);
        } else {
            buffer.putLong(position | kind);
            putName(names[block]);
            currentBlock = block;
        }
    }

    private void endSection() throws IOException {
        room(Long.BYTES + 1 + Integer.BYTES);
        buffer.putLong(StreamFormat.FLAG_EOS)
                .put((byte) StreamFormat.SECTION_FOOTER)
                .putInt(RAM_SECTION_ID);
    }

    private void putName(byte[] name) {
        buffer.put((byte) name.length).put(name);
    }

    private void room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
    }

    private void writeFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
