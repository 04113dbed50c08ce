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
 * Reads a record of another version as one of the newest known, by Avro's own reader: off the hot path. Versions are the released
 * ones, and, in Confluent's wire format, those that the registry knows beside them: of a newer writer. Any thread may call it.
 */
final class VersionReader {
    private final String name;
    private final Schema newest;
    private final long newestFingerprint;
    private final Map<Long, Schema> versions = new HashMap<>();

    /**
     * @param name for messages
     * @param versions every version, the newest one last
     */
    VersionReader(String name, List<Schema> versions) {
        this.name = name;
        newest = Schemas.latest(versions);
        newestFingerprint = SingleObjectHeader.fingerprint(newest);
        versions.forEach(version -> this.versions.put(SingleObjectHeader.fingerprint(version), version));
    }

    /**
     * The schema that the record in {@code input[offset .. offset + length - 1]} was written with.
     *
     * @throws MalformedRecordException if it does not begin with a header of either format, or its schema is not known
     */
    Schema writer(byte[] input, int offset, int length, WireFormat format) throws MalformedRecordException {
        if (ConfluentHeader.isAt(input, offset, length)) {
            int id = ConfluentHeader.read(name, input, offset, length);
            Schema writer = format.writer(name, id);
            if (!writer.getFullName().equals(newest.getFullName())) {
                throw new MalformedRecordException(name + " has schema id " + id + ", which is of "
                        + writer.getFullName() + ", not of " + newest.getFullName());
            }
            return writer;
        }
        long fingerprint = SingleObjectHeader.read(input, offset, length);
        if (fingerprint == newestFingerprint) {
            // Almost always so, for every batch: without an object for the number.
            return newest;
        }
        Schema writer = versions.get(fingerprint);
        if (writer == null) {
            throw SingleObjectHeader.unknown(name, fingerprint);
        }
        return writer;
    }

    /**
     * Reads the record in {@code input[offset .. offset + length - 1]}.
     *
     * @throws MalformedRecordException if the bytes are not exactly one record of a known version
     */
    GenericRecord read(byte[] input, int offset, int length, WireFormat format) throws MalformedRecordException {
        return read(writer(input, offset, length, format), input, offset, length);
    }

    /** Reads a record whose {@link #writer} is known. */
    GenericRecord read(Schema writer, byte[] input, int offset, int length) throws MalformedRecordException {
        int header = WireFormat.headerBytes(input, offset, length);
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(input, offset + header, length - header, null);
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
