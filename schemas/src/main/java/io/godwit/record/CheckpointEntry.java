package io.godwit.record;

import io.godwit.hash.PageDigest;
import java.util.Objects;
import java.util.regex.Pattern;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * The name of a checkpoint, written after all of its chunks.
 *
 * <p>A checkpoint's id is the SHA-256, as 64 lower-case hexadecimal digits, of its page size (be32) and the SHA-256 of its
 * pages in ascending order, each content once, the zero page left out: the same memory has the same id on every host.
 *
 * @param name what operators call it
 * @param checkpoint its id
 * @param pageSize bytes a page
 * @param pages of the memory that it was made from, zero pages among them
 * @param hashes different contents among them, without the zero page
 * @param source what it was made from: {@code elf}, {@code ram-dir}, {@code migration}
 * @param createdMillis milliseconds since the epoch
 */
public record CheckpointEntry(
        String name, String checkpoint, int pageSize, long pages, long hashes, String source, long createdMillis) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}");
    private static final Pattern ID = Pattern.compile("[0-9a-f]{" + 2 * PageDigest.BYTES + "}");
    private static final RecordCodec CODEC = new RecordCodec("checkpoint entry", Schemas.CHECKPOINT_ENTRY);

    /** @throws IllegalArgumentException if a value is out of range */
    public CheckpointEntry {
        checkName(name);
        checkId(checkpoint);
        Manifest.checkPageSize(pageSize);
        Objects.requireNonNull(source, "source");
        if (hashes < 0 || hashes > pages) {
            throw new IllegalArgumentException(hashes + " contents of " + pages + " pages");
        }
    }

    /**
     * Returns {@code name} if it can name a checkpoint.
     *
     * @throws IllegalArgumentException if it is empty, too long, begins with a dot, or holds other characters than file names
     *     everywhere may
     */
    public static String checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("checkpoint name '" + name
                    + "' is not allowed: use 1 to 200 letters, digits," + " '.', '_' and '-', no '.' first");
        }
        return name;
    }

    /** Returns {@code id} if it is one. */
    static String checkId(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("checkpoint id '" + id + "' is not 64 hexadecimal digits");
        }
        return id;
    }

    /** In Avro's single-object encoding. */
    public byte[] encode() {
        return encode(WireFormat.SINGLE_OBJECT);
    }

    /** In {@code format}. */
    public byte[] encode(WireFormat format) {
        GenericRecord value = new GenericData.Record(CODEC.schema());
        value.put("name", name);
        value.put("checkpoint", checkpoint);
        value.put("pageSize", pageSize);
        value.put("pages", pages);
        value.put("hashes", hashes);
        value.put("source", source);
        value.put("createdMillis", createdMillis);
        return CODEC.encode(value, format);
    }

    /**
     * Mirrors {@link #encode}.
     *
     * @throws MalformedRecordException if the bytes are not an entry
     */
    public static CheckpointEntry decode(byte[] bytes) throws MalformedRecordException {
        return decode(bytes, WireFormat.SINGLE_OBJECT);
    }

    /** The same in either format; {@code format}'s registry tells what the numbers of schemas stand for. */
    public static CheckpointEntry decode(byte[] bytes, WireFormat format) throws MalformedRecordException {
        GenericRecord value = CODEC.decode(bytes, format);
        try {
            return new CheckpointEntry(
                    value.get("name").toString(),
                    value.get("checkpoint").toString(),
                    (int) value.get("pageSize"),
                    (long) value.get("pages"),
                    (long) value.get("hashes"),
                    value.get("source").toString(),
                    (long) value.get("createdMillis"));
        } catch (IllegalArgumentException e) {
            throw new MalformedRecordException("checkpoint entry: " + e.getMessage(), e);
        }
    }
}
