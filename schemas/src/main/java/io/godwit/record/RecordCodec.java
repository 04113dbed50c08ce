package io.godwit.record;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * The small records off the hot path as bytes, by Avro's own reader and writer. Writes the format it is given, reads both. Any
 * thread may call it.
 */
public final class RecordCodec {
    private final Schema newest;
    private final VersionReader reader;

    /**
     * @param name for messages
     * @param versions every version, the last one is written and is what others are resolved to
     */
    public RecordCodec(String name, List<Schema> versions) {
        newest = Schemas.latest(versions);
        reader = new VersionReader(name, versions);
    }

    /** The schema that {@link #encode} takes and {@link #decode} gives. */
    public Schema schema() {
        return newest;
    }

    /** Encodes a record of {@link #schema}. */
    public byte[] encode(GenericRecord value, WireFormat format) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.write(format.header(newest));
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
            new GenericDatumWriter<GenericRecord>(newest).write(value, encoder);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("an array cannot fail to be written", e);
        }
    }

    /**
     * Decodes a record of any known version to {@link #schema}.
     *
     * @param format whose registry tells what the numbers of schemas stand for
     * @throws MalformedRecordException if the bytes are not exactly one record of a known version
     */
    public GenericRecord decode(byte[] bytes, WireFormat format) throws MalformedRecordException {
        return reader.read(bytes, 0, bytes.length, format);
    }
}
