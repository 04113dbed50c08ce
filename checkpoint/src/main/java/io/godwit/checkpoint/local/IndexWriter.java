package io.godwit.checkpoint.local;

import io.godwit.hash.PageDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * Writes an index from hashes that come in ascending order, each once. Until {@link #finish} the file has no header, so it
 * is not taken for an index. Not thread-safe.
 */
final class IndexWriter implements RecordSink, AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;

    private final int pageSize;
    private final FileChannel index;
    /** Places wait here until it is known how many hashes there are before them. */
    private final FileChannel places;

    private final Path placesFile;
    private final ByteBuffer hashBuffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final ByteBuffer placeBuffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final MessageDigest id;
    private final CRC32C bodyCrc = new CRC32C();
    private long count;
    private long gone;
    private byte[] idBytes;

    /** @param file replaced where it exists; a file beside it is used meanwhile */
    IndexWriter(Path file, int pageSize) throws IOException {
        this.pageSize = pageSize;
        id = newSha256();
        id.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, pageSize));
        placesFile = file.resolveSibling(file.getFileName() + ".places");
        index = create(file);
        try {
            places = create(placesFile);
        } catch (IOException e) {
            index.close();
            throw e;
        }
        index.position(IndexFormat.HEADER_BYTES);
    }

    @Override
    public void add(byte[] hash, int offset, long place) throws IOException {
        if (hashBuffer.remaining() < PageDigest.BYTES) {
            flushHashes();
        }
        hashBuffer.put(hash, offset, PageDigest.BYTES);
        if (placeBuffer.remaining() < IndexFormat.PLACE_BYTES) {
            drain(placeBuffer, places);
        }
        placeBuffer.putLong(place);
        count++;
        if (place == IndexFormat.GONE) {
            gone++;
        }
    }

    /** Hashes so far. */
    long count() {
        return count;
    }

    /** Hashes so far whose pages are in no file. */
    long gone() {
        return gone;
    }

    /** The id of a checkpoint of these hashes; no more can be added. */
    String id() throws IOException {
        if (idBytes == null) {
            flushHashes();
            drain(placeBuffer, places);
            idBytes = id.digest();
        }
        return HexFormat.of().formatHex(idBytes);
    }

    /** Completes the file, and waits until the disk has it. */
    void finish(byte[] description) throws IOException {
        id();
        copyPlaces();
        bodyCrc.update(description);
        writeFully(index, ByteBuffer.wrap(description));
        index.position(0);
        writeFully(index, header(description.length));
        index.force(true);
    }

    private ByteBuffer header(int descriptionBytes) {
        ByteBuffer header = ByteBuffer.allocate(IndexFormat.HEADER_BYTES)
                .putLong(IndexFormat.MAGIC_AT, IndexFormat.MAGIC)
                .putInt(IndexFormat.VERSION_AT, IndexFormat.VERSION)
                .putInt(IndexFormat.PAGE_SIZE_AT, pageSize)
                .putLong(IndexFormat.COUNT_AT, count)
                .putInt(IndexFormat.DESCRIPTION_BYTES_AT, descriptionBytes)
                .putInt(IndexFormat.BODY_CRC_AT, (int) bodyCrc.getValue())
                .put(IndexFormat.ID_AT, idBytes);
        CRC32C headerCrc = new CRC32C();
        headerCrc.update(header.array(), 0, IndexFormat.HEADER_CRC_AT);
        return header.putInt(IndexFormat.HEADER_CRC_AT, (int) headerCrc.getValue());
    }

    private void copyPlaces() throws IOException {
        places.position(0);
        placeBuffer.clear();
        while (places.read(placeBuffer) >= 0) {
            bodyCrc.update(placeBuffer.array(), 0, placeBuffer.position());
            drain(placeBuffer, index);
        }
    }

    private void flushHashes() throws IOException {
        id.update(hashBuffer.array(), 0, hashBuffer.position());
        bodyCrc.update(hashBuffer.array(), 0, hashBuffer.position());
        drain(hashBuffer, index);
    }

    @Override
    public void close() throws IOException {
        index.close();
        places.close();
        Files.deleteIfExists(placesFile);
    }

    private static void drain(ByteBuffer buffer, FileChannel output) throws IOException {
        writeFully(output, buffer.flip());
        buffer.clear();
    }

    private static void writeFully(FileChannel output, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            output.write(bytes);
        }
    }

    private static FileChannel create(Path file) throws IOException {
        return FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256, this one has not", e);
        }
    }
}
