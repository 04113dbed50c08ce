package io.godwit.record;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Reads a record of any known version as one of the newest, by Avro's own reader: off the hot path. Any thread may call it.
 */
final class VersionReader {
    private final String name;
    private final Schema newest;
    private final Map<Long, Schema> versions = new HashMap<>();

    /**
     * @param name for messages
     * @param versions every version, the newest one last
     */
    VersionReader(String name, List<Schema> versions) {
        this.name = name;
        newest = Schemas.latest(versions);
        versions.forEach(version -> this.versions.put(SingleObjectHeader.fingerprint(version), version));
    }

    /**
     * Reads the record in {@code input[offset .. offset + length - 1]}, which begins with the header of the single-object
     * encoding.
     *
     * @throws MalformedRecordException if the bytes are not exactly one record of a known version
     */
    GenericRecord read(byte[] input, int offset, int length) throws MalformedRecordException {
        long fingerprint = SingleObjectHeader.read(input, offset, length);
        Schema writer = versions.get(fingerprint);
        if (writer == null) {
            throw SingleObjectHeader.unknown(name, fingerprint);
        }
        BinaryDecoder decoder = DecoderFactory.get()
                .binaryDecoder(input, offset + SingleObjectHeader.BYTES, length - SingleObjectHeader.BYTES, null);
        try {
            GenericRecord value = new GenericDatumReader<GenericRecord>(writer, newest).read(null, decoder);
            if (!decoder.isEnd()) {
                throw new MalformedRecordException(name + " of " + length + " bytes goes on after its last field");
            }
            return value;
        } catch (IOException | AvroRuntimeException | IndexOutOfBoundsException | UnsupportedOperationException e) {
            // The last two are what Avro answers to an enum's or a union's number, and to a length, that is out of
            // range.
            throw new MalformedRecordException(name + " of " + length + " bytes cannot be read: " + e.getMessage(), e);
        }
    }
}
