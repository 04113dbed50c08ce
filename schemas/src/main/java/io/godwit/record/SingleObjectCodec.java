package io.godwit.record;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;

/**
 * Avro's single-object encoding for the small records off the hot path, by Avro's own reader and writer. Any thread may
 * call it.
 */
public final class SingleObjectCodec {
    private final Schema newest;
    private final BinaryMessageEncoder<GenericRecord> encoder;
    private final VersionReader reader;

    /**
     * @param name for messages
     * @param versions every version, the last one is written and is what older ones are resolved to
     */
    public SingleObjectCodec(String name, List<Schema> versions) {
        newest = Schemas.latest(versions);
        encoder = new BinaryMessageEncoder<>(GenericData.get(), newest);
        reader = new VersionReader(name, versions);
    }

    /** The schema that {@link #encode} takes and {@link #decode} gives. */
    public Schema schema() {
        return newest;
    }

    /** Encodes a record of {@link #schema}. */
    public byte[] encode(GenericRecord value) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            encoder.encode(value, bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot fail to be written", e);
        }
    }

    /**
     * Decodes a record of any known version to {@link #schema}.
     *
     * @throws MalformedRecordException if the bytes are not exactly one record of a known version
     */
    public GenericRecord decode(byte[] bytes) throws MalformedRecordException {
        return reader.read(bytes, 0, bytes.length);
    }
}
