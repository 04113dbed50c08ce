package io.godwit.checkpoint.local;

import io.godwit.hash.PageDigest;
import io.godwit.ramdir.MappedBlock;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * An index on disk, mapped: {@link IndexFormat} says what is in it. Any thread may look pages up.
 *
 * <p>A file that another process cuts short while it is mapped makes a lookup throw InternalError. Godwit itself only ever
 * puts another file in an index's place, which leaves the mapped one as it is.
 */
final class PageIndex implements AutoCloseable {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int CHECK_BYTES = 1 << 20;
    /** Hashes are spread evenly, so a guess is close: more steps than this mean that these are not. */
    private static final int GUESSES = 8;

    private final MappedBlock file;
    private final int pageSize;
    private final long count;
    private final String id;

    private PageIndex(MappedBlock file, ByteBuffer header) {
        this.file = file;
        pageSize = header.getInt(IndexFormat.PAGE_SIZE_AT);
        count = header.getLong(IndexFormat.COUNT_AT);
        byte[] idBytes = new byte[PageDigest.BYTES];
        header.get(IndexFormat.ID_AT, idBytes);
        id = HexFormat.of().formatHex(idBytes);
    }

    /**
     * Opens an index and reads it once, to see that it is whole.
     *
     * @throws DamagedIndexException if it is not, or is missing
     */
    // The mapping outlives this method in the index that is returned.
    @SuppressWarnings("resource")
    static PageIndex open(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new DamagedIndexException(path + " is missing");
        }
        long length = Files.size(path);
        if (length < IndexFormat.HEADER_BYTES) {
            throw new DamagedIndexException(path + " has " + length + " bytes, less than a header");
        }
        MappedBlock file = MappedBlock.openReadOnly(path, length);
        try {
            return new PageIndex(file, checked(path, file));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        } catch (InternalError e) {
            file.close();
            throw new DamagedIndexException(path + " cannot be read", e);
        }
    }

    private static ByteBuffer checked(Path path, MappedBlock file) throws DamagedIndexException {
        byte[] bytes = new byte[IndexFormat.HEADER_BYTES];
        file.read(0, bytes, 0, bytes.length);
        ByteBuffer header = ByteBuffer.wrap(bytes);
        CRC32C headerCrc = new CRC32C();
        headerCrc.update(bytes, 0, IndexFormat.HEADER_CRC_AT);
        if (header.getLong(IndexFormat.MAGIC_AT) != IndexFormat.MAGIC
                || header.getInt(IndexFormat.VERSION_AT) != IndexFormat.VERSION
                || header.getInt(IndexFormat.HEADER_CRC_AT) != (int) headerCrc.getValue()) {
            throw new DamagedIndexException(path + " has no header of an index");
        }
        long count = header.getLong(IndexFormat.COUNT_AT);
        int description = header.getInt(IndexFormat.DESCRIPTION_BYTES_AT);
        // The bound of the count keeps the sum below from overflowing.
        if (count < 0
                || count > file.length()
                || description < 0
                || file.length() != IndexFormat.descriptionAt(count) + description) {
            throw new DamagedIndexException(
                    path + " has " + file.length() + " bytes, not those of " + count + " hashes");
        }
        if (header.getInt(IndexFormat.BODY_CRC_AT) != bodyCrc(file)) {
            throw new DamagedIndexException(path + " has another checksum than it was written with");
        }
        return header;
    }

    private static int bodyCrc(MappedBlock file) {
        CRC32C crc = new CRC32C();
        byte[] buffer = new byte[CHECK_BYTES];
        for (long at = IndexFormat.HEADER_BYTES; at < file.length(); at += buffer.length) {
            int bytes = (int) Math.min(buffer.length, file.length() - at);
            file.read(at, buffer, 0, bytes);
            crc.update(buffer, 0, bytes);
        }
        return (int) crc.getValue();
    }

    int pageSize() {
        return pageSize;
    }

    /** Hashes in it. */
    long count() {
        return count;
    }

    /** The id of the checkpoint that has exactly these hashes. */
    String id() {
        return id;
    }

    /** The description that it was written with. */
    byte[] description() throws DamagedIndexException {
        long at = IndexFormat.descriptionAt(count);
        if (file.length() - at > IndexFormat.MAX_DESCRIPTION_BYTES) {
            throw new DamagedIndexException("its description has " + (file.length() - at) + " bytes");
        }
        byte[] description = new byte[(int) (file.length() - at)];
        file.read(at, description, 0, description.length);
        return description;
    }

    /** Copies hashes {@code first .. first + hashes - 1} to the start of {@code output}. */
    void hashes(long first, int hashes, byte[] output) {
        file.read(IndexFormat.hashAt(first), output, 0, hashes * PageDigest.BYTES);
    }

    /** Where the page of hash number {@code hash} is, or {@link IndexFormat#GONE}. */
    long place(long hash) {
        long at = IndexFormat.placeAt(count, hash);
        return file.window(at).getLong(MappedBlock.windowOffset(at));
    }

    /** Where the page with this hash is; {@link IndexFormat#GONE} where it is in no file, or not of this checkpoint. */
    long find(byte[] hash, int offset) {
        long key = (long) LONGS.get(hash, offset);
        long low = 0;
        long high = count - 1;
        long lowKey = 0;
        long highKey = -1;
        for (int step = 0; low <= high; step++) {
            // Past the guesses every other step halves, so that no set of hashes makes this slow.
            boolean isGuess = step < GUESSES || step % 2 == 0;
            long middle = isGuess ? low + (long) ((high - low) * fraction(key, lowKey, highKey)) : (low + high) >>> 1;
            long at = IndexFormat.hashAt(middle);
            ByteBuffer window = file.window(at);
            long middleKey = window.getLong(MappedBlock.windowOffset(at));
            int order = Long.compareUnsigned(middleKey, key);
            if (order == 0) {
                order = compareRest(window, MappedBlock.windowOffset(at), hash, offset);
            }
            if (order == 0) {
                return place(middle);
            }
            if (order < 0) {
                low = middle + 1;
                lowKey = middleKey;
            } else {
                high = middle - 1;
                highKey = middleKey;
            }
        }
        return IndexFormat.GONE;
    }

    /** Of two hashes whose first eight bytes are the same. */
    private static int compareRest(ByteBuffer window, int at, byte[] hash, int offset) {
        for (int word = Long.BYTES; word < PageDigest.BYTES; word += Long.BYTES) {
            int order = Long.compareUnsigned(window.getLong(at + word), (long) LONGS.get(hash, offset + word));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    /** Where {@code key} lies between the others, all unsigned: 0 to 1. */
    private static double fraction(long key, long lowKey, long highKey) {
        double width = (highKey - lowKey) >>> 1;
        return width == 0 ? 0 : Math.min(1, ((key - lowKey) >>> 1) / width);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
