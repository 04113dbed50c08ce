package io.godwit.record;

import java.util.Objects;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * What the transformer could not read: ids, offsets and the reason, never payload.
 *
 * @param topic where the record lies
 * @param bytes length of the record's value
 * @param migration from the record's key, or empty
 * @param lane from the record's key, or -1
 * @param sequence the record's own, or -1
 * @param atMillis milliseconds since the epoch
 */
public record DeadLetter(
        String topic,
        int partition,
        long offset,
        int bytes,
        String migration,
        int lane,
        long sequence,
        String reason,
        long atMillis) {
    private static final RecordCodec CODEC = new RecordCodec("dead letter", Schemas.DEAD_LETTER);

    public DeadLetter {
        Objects.requireNonNull(topic, "topic");
        Objects.requireNonNull(migration, "migration");
        Objects.requireNonNull(reason, "reason");
    }

    /** In Avro's single-object encoding. */
    public byte[] encode() {
        return encode(WireFormat.SINGLE_OBJECT);
    }

    /** In {@code format}. */
    public byte[] encode(WireFormat format) {
        GenericRecord value = new GenericData.Record(CODEC.schema());
        value.put("topic", topic);
        value.put("partition", partition);
        value.put("offset", offset);
        value.put("bytes", bytes);
        value.put("migration", migration);
        value.put("lane", lane);
        value.put("sequence", sequence);
        value.put("reason", reason);
        value.put("atMillis", atMillis);
        return CODEC.encode(value, format);
    }

    /**
     * Mirrors {@link #encode}.
     *
     * @throws MalformedRecordException if the bytes are not a dead letter
     */
    public static DeadLetter decode(byte[] bytes) throws MalformedRecordException {
        return decode(bytes, WireFormat.SINGLE_OBJECT);
    }

    /** The same in either format; {@code format}'s registry tells what the numbers of schemas stand for. */
    public static DeadLetter decode(byte[] bytes, WireFormat format) throws MalformedRecordException {
        GenericRecord value = CODEC.decode(bytes, format);
        return new DeadLetter(
                value.get("topic").toString(),
                (int) value.get("partition"),
                (long) value.get("offset"),
                (int) value.get("bytes"),
                value.get("migration").toString(),
                (int) value.get("lane"),
                (long) value.get("sequence"),
                value.get("reason").toString(),
                (long) value.get("atMillis"));
    }
}
