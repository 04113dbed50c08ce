package io.godwit.record;

import io.godwit.hash.PageDigest;
import java.nio.ByteBuffer;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * Page hashes of a checkpoint, a part of them.
 *
 * @param checkpoint id of the checkpoint
 * @param pageSize bytes a page
 * @param chunk from 0
 * @param chunks how many the checkpoint has
 * @param hashes SHA-256 of pages, 32 bytes each, ascending as unsigned bytes; {@value #MAX_HASHES} in every chunk but the
 *     last. Not copied
 */
@SuppressWarnings("ArrayRecordComponent") // a chunk is looked into, never compared
public record CheckpointChunk(String checkpoint, int pageSize, int chunk, int chunks, byte[] hashes) {
    /** Hashes of a full chunk: 128 KiB. */
    public static final int MAX_HASHES = 4096;
    /** 4 G pages, 16 TiB of different contents at 4 KiB pages. */
    public static final int MAX_CHUNKS = 1 << 20;

    private static final RecordCodec CODEC = new RecordCodec("checkpoint chunk", Schemas.CHECKPOINT_CHUNK);

    /** @throws IllegalArgumentException if a value is out of range */
    public CheckpointChunk {
        CheckpointEntry.checkId(checkpoint);
        Manifest.checkPageSize(pageSize);
        if (chunks < 1 || chunks > MAX_CHUNKS || chunk < 0 || chunk >= chunks) {
            throw new IllegalArgumentException("chunk " + chunk + " of " + chunks + " is out of range");
        }
        boolean isLast = chunk == chunks - 1;
        int count = hashes.length / PageDigest.BYTES;
        if (hashes.length % PageDigest.BYTES != 0 || count > MAX_HASHES || (!isLast && count < MAX_HASHES)) {
            throw new IllegalArgumentException(
                    "chunk " + chunk + " of " + chunks + " has " + hashes.length + " bytes of hashes");
        }
    }

    /** Kafka key: the checkpoint's id, and the chunk. */
    public String key() {
        return key(checkpoint, chunk);
    }

    /** Kafka key of a chunk, which without a value says that it is gone. */
    public static String key(String checkpoint, int chunk) {
        return checkpoint + "/" + chunk;
    }

    /** Chunks of a checkpoint of {@code hashes} different contents; one that has none has an empty chunk. */
    public static int chunksOf(long hashes) {
        return Math.toIntExact(Math.max(1, (hashes + MAX_HASHES - 1) / MAX_HASHES));
    }

    /** In Avro's single-object encoding. */
    public byte[] encode() {
        return encode(WireFormat.SINGLE_OBJECT);
    }

    /** In {@code format}. */
    public byte[] encode(WireFormat format) {
        GenericRecord value = new GenericData.Record(CODEC.schema());
        value.put("checkpoint", checkpoint);
        value.put("pageSize", pageSize);
        value.put("chunk", chunk);
        value.put("chunks", chunks);
        value.put("hashes", ByteBuffer.wrap(hashes));
        return CODEC.encode(value, format);
    }

    /**
     * Mirrors {@link #encode}.
     *
     * @throws MalformedRecordException if the bytes are not a chunk
     */
    public static CheckpointChunk decode(byte[] bytes) throws MalformedRecordException {
        return decode(bytes, WireFormat.SINGLE_OBJECT);
    }

    /** The same in either format; {@code format}'s registry tells what the numbers of schemas stand for. */
    public static CheckpointChunk decode(byte[] bytes, WireFormat format) throws MalformedRecordException {
        GenericRecord value = CODEC.decode(bytes, format);
        ByteBuffer read = (ByteBuffer) value.get("hashes");
        byte[] hashes = new byte[read.remaining()];
        read.get(hashes);
        try {
            return new CheckpointChunk(
                    value.get("checkpoint").toString(),
                    (int) value.get("pageSize"),
                    (int) value.get("chunk"),
                    (int) value.get("chunks"),
                    hashes);
        } catch (IllegalArgumentException e) {
            throw new MalformedRecordException("checkpoint chunk: " + e.getMessage(), e);
        }
    }
}
