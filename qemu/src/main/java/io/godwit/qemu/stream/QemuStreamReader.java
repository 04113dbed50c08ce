package io.godwit.qemu.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the stream that QEMU sends, item by item, as it comes. What a stream may hold that cannot be carried (other live
 * devices, postcopy, multifd, compressed or RDMA pages) ends it with a message.
 *
 * <p>After the last RAM section everything is opaque: no section says how long it is. Its end is the stream's trailer, or,
 * where the machine sends none, for whoever knows that QEMU has nothing more to send.
 *
 * <p>Nothing that was read of an item is lost where input pauses in the middle of it. Allocates nothing a page. One thread.
 */
public final class QemuStreamReader {
    /** What was read. */
    public enum Item {
        /** Nothing came for a while. */
        IDLE,
        /** Header and configuration section: {@link #bytes}. */
        PREAMBLE,
        /** QEMU listens on the return path from now on. */
        RETURN_PATH,
        /** To be answered on the return path with {@link #ping}. */
        PING,
        /** All RAM blocks are known: {@link #manifest}. */
        BLOCKS,
        /** A page: {@link #block}, {@link #index}, its bytes in {@link #buffer} from {@link #position} on. */
        PAGE,
        /** {@link #count} pages of zeros from {@link #index} on in {@link #block}. */
        ZERO,
        /** A section of RAM has ended; others follow. */
        SECTION_END,
        /** RAM has ended: device state follows. */
        RAM_END,
        /** The next piece of device state: {@link #bytes}. */
        DEVICE_STATE,
        /** Device state is whole: the stream has ended. */
        END
    }

    private enum Phase {
        PREAMBLE,
        SECTIONS,
        BLOCKS,
        RECORDS,
        FOOTER,
        DEVICE_STATE,
        ENDED
    }

    static final int MAX_DEVICE_STATE_BYTES = 256 << 20;

    private static final long FLAGS = StreamFormat.FLAGS_MASK;
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int MAX_PREAMBLE_BYTES = 16 << 10;
    private static final int DEFAULT_PAGE_BITS = 12;
    /** What cannot be split: a record with a name and a page of the largest size. */
    private static final int LARGEST_ITEM_BYTES = Long.BYTES + 1 + 255 + Manifest.MAX_PAGE_SIZE;

    private final StreamInput input;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
    private final List<RamBlock> blocks = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final TrailerFinder trailer = new TrailerFinder();

    private Phase phase = Phase.PREAMBLE;
    private int pageSize = 1 << DEFAULT_PAGE_BITS;
    private Manifest manifest;
    private long streamPosition;
    private int ramSection = -1;
    private boolean isLastSection;
    private long announcedBytes = -1;
    private long listedBytes;
    private int current = -1;
    private long deviceStateBytes;

    private byte[] bytes;
    private int pingValue;
    private long index;
    private int count;
    private int position;

    public QemuStreamReader(StreamInput input) {
        this.input = input;
    }

    /**
     * Reads the next item. What the item gives is valid until the next call.
     *
     * @throws MalformedStreamException if the stream cannot be understood, or not be carried
     * @throws EOFException if the sender closed the stream before its end
     */
    public Item next() throws IOException {
        while (true) {
            Item item =
                    switch (phase) {
                        case PREAMBLE -> preamble();
                        case SECTIONS -> section();
                        case BLOCKS -> blockEntry();
                        case RECORDS -> record();
                        case FOOTER -> footer();
                        case DEVICE_STATE -> deviceState();
                        case ENDED -> Item.END;
                    };
            if (item != null) {
                return item;
            }
        }
    }

    /** The preamble, or the piece of device state, that was read: the caller's from now on. */
    public byte[] bytes() {
        return bytes;
    }

    /** What the PONG has to say. */
    public int ping() {
        return pingValue;
    }

    /** Page size and blocks; null before {@link Item#BLOCKS}. */
    public Manifest manifest() {
        return manifest;
    }

    /** Number of the item's block in the manifest. */
    public int block() {
        return current;
    }

    /** Number of the item's first page in its block. */
    public int index() {
        return (int) index;
    }

    /** Pages of the item. */
    public int count() {
        return count;
    }

    /** Holds the page. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Where in {@link #buffer} the page begins. */
    public int position() {
        return position;
    }

    /** Whether device state is being read, and what was read of it may be all: its last byte is the end mark. */
    public boolean mayHaveEnded() {
        return phase == Phase.DEVICE_STATE && trailer.endsWithEndMark();
    }

    private Item preamble() throws IOException {
        PreambleParser parser = new PreambleParser();
        int length;
        // Parsed from the start again for every few bytes more, as long as it takes; it is short, and read once.
        while ((length = parser.parse(buffer)) < 0) {
            if (buffer.remaining() > MAX_PREAMBLE_BYTES) {
                throw malformed("its header and configuration do not end within " + MAX_PREAMBLE_BYTES + " bytes");
            }
            if (!has(buffer.remaining() + 1)) {
                return Item.IDLE;
            }
        }
        if (parser.pageBits() != 0) {
            pageSize = 1 << parser.pageBits();
        }
        bytes = take(length);
        phase = Phase.SECTIONS;
        return Item.PREAMBLE;
    }

    private Item section() throws IOException {
        if (!has(1)) {
            return Item.IDLE;
        }
        int type = buffer.get(buffer.position()) & 0xff;
        return switch (type) {
            case StreamFormat.SECTION_START, StreamFormat.SECTION_FULL -> sectionStart(type);
            case StreamFormat.SECTION_PART, StreamFormat.SECTION_END -> sectionGoesOn(type);
            case StreamFormat.COMMAND -> command();
            default -> throw malformed(String.format("section type 0x%02x where RAM is due", type));
        };
    }

    private Item sectionStart(int type) throws IOException {
        if (!has(6)) {
            return Item.IDLE;
        }
        int at = buffer.position();
        int id = buffer.getInt(at + 1);
        int nameLength = buffer.get(at + 5) & 0xff;
        if (!has(6 + nameLength + 8)) {
            return Item.IDLE;
        }
        String name = name(at + 6, nameLength);
        int version = buffer.getInt(at + 6 + nameLength + 4);
        if (type == StreamFormat.SECTION_FULL || !name.equals(StreamFormat.RAM)) {
            throw malformed("device \"" + name + "\" sends its state "
                    + (type == StreamFormat.SECTION_FULL ? "before" : "beside") + " RAM, which cannot be carried (such"
                    + " devices are VFIO, virtio-mem and persistent dirty bitmaps): detach it first");
        }
        if (version != StreamFormat.RAM_VERSION || ramSection >= 0) {
            throw malformed("RAM section of version " + version + (ramSection >= 0 ? ", the second one" : ""));
        }
        skip(6 + nameLength + 8);
        ramSection = id;
        phase = Phase.BLOCKS;
        return null;
    }

    private Item sectionGoesOn(int type) throws IOException {
        if (!has(5)) {
            return Item.IDLE;
        }
        int id = buffer.getInt(buffer.position() + 1);
        if (id != ramSection || manifest == null) {
            throw malformed("section " + id + " goes on, and never began");
        }
        skip(5);
        isLastSection = type == StreamFormat.SECTION_END;
        phase = Phase.RECORDS;
        return null;
    }

    private Item command() throws IOException {
        if (!has(5)) {
            return Item.IDLE;
        }
        int at = buffer.position();
        int command = buffer.getShort(at + 1) & 0xffff;
        int length = buffer.getShort(at + 3) & 0xffff;
        if (!has(5 + length)) {
            return Item.IDLE;
        }
        if (command == StreamFormat.COMMAND_POSTCOPY_ADVISE || command == StreamFormat.COMMAND_PACKAGED) {
            throw malformed("it is a postcopy migration: switch capability postcopy-ram off");
        }
        if (command == StreamFormat.COMMAND_PING && length != Integer.BYTES) {
            throw malformed("a PING of " + length + " bytes");
        }
        pingValue = command == StreamFormat.COMMAND_PING ? buffer.getInt(at + 5) : 0;
        skip(5 + length);
        return switch (command) {
            case StreamFormat.COMMAND_OPEN_RETURN_PATH -> Item.RETURN_PATH;
            case StreamFormat.COMMAND_PING -> Item.PING;
            // Commands say how long they are so that those not known can be passed over.
            default -> null;
        };
    }

    private Item blockEntry() throws IOException {
        if (announcedBytes < 0) {
            return announcedSize();
        }
        if (listedBytes < announcedBytes) {
            return listedBlock();
        }
        if (!has(Long.BYTES)) {
            return Item.IDLE;
        }
        if (buffer.getLong(buffer.position()) != StreamFormat.FLAG_EOS) {
            throw malformed("the list of RAM blocks is not followed by its end");
        }
        skip(Long.BYTES);
        manifest = newManifest();
        phase = Phase.FOOTER;
        return Item.BLOCKS;
    }

    private Item announcedSize() throws IOException {
        if (!has(Long.BYTES)) {
            return Item.IDLE;
        }
        long word = buffer.getLong(buffer.position());
        if ((word & FLAGS) != StreamFormat.FLAG_MEM_SIZE || (word & ~FLAGS) <= 0) {
            throw malformed(String.format("RAM begins with record 0x%x, not with its size", word));
        }
        skip(Long.BYTES);
        announcedBytes = word & ~FLAGS;
        return null;
    }

    private Item listedBlock() throws IOException {
        if (!has(1)) {
            return Item.IDLE;
        }
        int at = buffer.position();
        int nameLength = buffer.get(at) & 0xff;
        if (!has(1 + nameLength + Long.BYTES)) {
            return Item.IDLE;
        }
        String name = name(at + 1, nameLength);
        long length = buffer.getLong(at + 1 + nameLength);
        if (length <= 0 || length > announcedBytes - listedBytes) {
            throw malformed("RAM block \"" + name + "\" of " + length + " bytes, with " + (announcedBytes - listedBytes)
                    + " left of the " + announcedBytes + " that were announced");
        }
        if (blocks.size() == Manifest.MAX_BLOCKS) {
            throw malformed("more than " + Manifest.MAX_BLOCKS + " RAM blocks");
        }
        numbers.put(name, blocks.size());
        blocks.add(newBlock(name, length));
        listedBytes += length;
        skip(1 + nameLength + Long.BYTES);
        return null;
    }

    private RamBlock newBlock(String name, long length) throws MalformedStreamException {
        try {
            return new RamBlock(name, length);
        } catch (IllegalArgumentException e) {
            throw malformed("RAM block \"" + name + "\": " + e.getMessage(), e);
        }
    }

    private Manifest newManifest() throws MalformedStreamException {
        try {
            return new Manifest(pageSize, blocks);
        } catch (IllegalArgumentException e) {
            throw malformed(e.getMessage(), e);
        }
    }

    private Item record() throws IOException {
        if (!has(Long.BYTES)) {
            return Item.IDLE;
        }
        long word = buffer.getLong(buffer.position());
        int flags = (int) (word & (pageSize - 1));
        if (flags == StreamFormat.FLAG_EOS) {
            skip(Long.BYTES);
            phase = Phase.FOOTER;
            return null;
        }
        int kind = flags & ~StreamFormat.FLAG_CONTINUE;
        if (kind != StreamFormat.FLAG_ZERO && kind != StreamFormat.FLAG_PAGE) {
            throw malformed(refused(flags));
        }
        int nameBytes = 0;
        if ((flags & StreamFormat.FLAG_CONTINUE) == 0) {
            if (!has(Long.BYTES + 1)) {
                return Item.IDLE;
            }
            nameBytes = 1 + (buffer.get(buffer.position() + Long.BYTES) & 0xff);
        }
        int headerBytes = Long.BYTES + nameBytes;
        int bodyBytes = kind == StreamFormat.FLAG_PAGE ? pageSize : 1;
        if (!has(headerBytes + bodyBytes)) {
            return Item.IDLE;
        }
        if (nameBytes > 0) {
            current = numberOf(name(buffer.position() + Long.BYTES + 1, nameBytes - 1));
        }
        index = pageIndex(word - flags);
        position = buffer.position() + headerBytes;
        skip(headerBytes + bodyBytes);
        return kind == StreamFormat.FLAG_PAGE ? page() : zeros();
    }

    private Item page() {
        count = 1;
        return Item.PAGE;
    }

    /** Takes the zero pages that follow, as far as they were read already: memory of zeros passes as runs. */
    private Item zeros() throws MalformedStreamException {
        if (buffer.get(position) != 0) {
            throw malformed("a page filled with one byte that is not zero, which no QEMU of today sends");
        }
        count = 1;
        long limit = blocks.get(current).length() / pageSize;
        int next = StreamFormat.FLAG_ZERO | StreamFormat.FLAG_CONTINUE;
        while (buffer.remaining() > Long.BYTES
                && index + count < limit
                && buffer.getLong(buffer.position()) == (index + count) * pageSize + next
                && buffer.get(buffer.position() + Long.BYTES) == 0) {
            skip(Long.BYTES + 1);
            count++;
        }
        return Item.ZERO;
    }

    private int numberOf(String name) throws MalformedStreamException {
        Integer number = numbers.get(name);
        if (number == null) {
            throw malformed("a page of RAM block \"" + name + "\", which was not listed");
        }
        return number;
    }

    private long pageIndex(long offset) throws MalformedStreamException {
        if (current < 0) {
            throw malformed("a page that names no RAM block");
        }
        RamBlock block = blocks.get(current);
        if (offset < 0 || offset >= block.length()) {
            throw malformed("a page at offset " + offset + " of RAM block \"" + block.id() + "\", which has "
                    + block.length() + " bytes");
        }
        return offset / pageSize;
    }

    private static String refused(int flags) {
        if ((flags & StreamFormat.FLAG_XBZRLE) != 0) {
            return "pages as QEMU's own deltas: switch capability xbzrle off";
        }
        if ((flags & StreamFormat.FLAG_COMPRESS_PAGE) != 0) {
            return "pages that QEMU compressed: switch capability compress off";
        }
        if ((flags & StreamFormat.FLAG_MULTIFD_FLUSH) != 0) {
            return "a stream of several channels: switch capability multifd off";
        }
        if ((flags & StreamFormat.FLAG_HOOK) != 0) {
            return "an RDMA migration, which cannot be carried";
        }
        return String.format("a RAM record with flags 0x%x, which are not known", flags);
    }

    private Item footer() throws IOException {
        if (!has(1)) {
            return Item.IDLE;
        }
        // Machine types before 2.4 have no footers.
        if (buffer.get(buffer.position()) == StreamFormat.SECTION_FOOTER) {
            if (!has(5)) {
                return Item.IDLE;
            }
            int id = buffer.getInt(buffer.position() + 1);
            if (id != ramSection) {
                throw malformed("section " + ramSection + " ends as section " + id);
            }
            skip(5);
        }
        phase = isLastSection ? Phase.DEVICE_STATE : Phase.SECTIONS;
        return isLastSection ? Item.RAM_END : Item.SECTION_END;
    }

    private Item deviceState() throws IOException {
        if (trailer.isComplete()) {
            phase = Phase.ENDED;
            return Item.END;
        }
        if (!has(1)) {
            return Item.IDLE;
        }
        bytes = take(buffer.remaining());
        deviceStateBytes += bytes.length;
        if (deviceStateBytes > MAX_DEVICE_STATE_BYTES) {
            throw malformed("more than " + MAX_DEVICE_STATE_BYTES + " bytes of device state");
        }
        trailer.accept(bytes);
        return Item.DEVICE_STATE;
    }

    private String name(int at, int length) {
        byte[] ascii = new byte[length];
        buffer.get(at, ascii);
        return new String(ascii, US_ASCII);
    }

    private byte[] take(int length) {
        byte[] taken = new byte[length];
        buffer.get(taken);
        streamPosition += length;
        return taken;
    }

    private void skip(int length) {
        buffer.position(buffer.position() + length);
        streamPosition += length;
    }

    /** Whether so many bytes can be had from the buffer's position on; reads what is missing, until input pauses. */
    private boolean has(int length) throws IOException {
        while (buffer.remaining() < length) {
            if (!fill()) {
                return false;
            }
        }
        return true;
    }

    private boolean fill() throws IOException {
        int start = buffer.position();
        int end = buffer.limit();
        if (start == end) {
            start = 0;
            end = 0;
        } else if (buffer.capacity() - start < LARGEST_ITEM_BYTES) {
            buffer.compact();
            start = 0;
            end = buffer.position();
        }
        buffer.limit(buffer.capacity()).position(end);
        int read;
        try {
            read = input.read(buffer);
        } finally {
            buffer.limit(buffer.position()).position(start);
        }
        if (read < 0) {
            throw new EOFException(
                    "QEMU closed its stream after " + (streamPosition + buffer.remaining()) + " bytes, before its end");
        }
        return read > 0;
    }

    private MalformedStreamException malformed(String reason) {
        return malformed(reason, null);
    }

    private MalformedStreamException malformed(String reason, Throwable cause) {
        return new MalformedStreamException("QEMU's stream at byte " + streamPosition + ": " + reason, cause);
    }
}
