package io.godwit.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * Header of Avro's single-object encoding.
 *
 * <pre>
 *   0    1    2                       10
 *   +----+----+------------------------+---
 *   | C3 | 01 | CRC-64-AVRO, le64      | Avro binary
 *   +----+----+------------------------+---
 * </pre>
 *
 * Source: Avro 1.12 specification, "Single-object encoding".
 */
final class SingleObjectHeader {
    static final int BYTES = 10;

    private static final byte MARKER_0 = (byte) 0xC3;
    private static final byte MARKER_1 = 0x01;
    private static final int FINGERPRINT_OFFSET = 2;
    private static final VarHandle LE64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private SingleObjectHeader() {}

    static long fingerprint(Schema schema) {
        return SchemaNormalization.parsingFingerprint64(schema);
    }

    static byte[] of(Schema schema) {
        byte[] header = new byte[BYTES];
        write(header, fingerprint(schema));
        return header;
    }

    static void write(byte[] output, long fingerprint) {
        output[0] = MARKER_0;
        output[1] = MARKER_1;
        LE64.set(output, FINGERPRINT_OFFSET, fingerprint);
    }

    /** Returns the fingerprint of the writer's schema. */
    static long read(byte[] input, int offset, int length) throws MalformedRecordException {
        if (length < BYTES) {
            throw new MalformedRecordException(
                    "record of " + length + " bytes is shorter than its header of " + BYTES + " bytes");
        }
        if (input[offset] != MARKER_0 || input[offset + 1] != MARKER_1) {
            throw new MalformedRecordException(
                    "record begins neither with the marker of Avro's single-object encoding (c3 01) nor with that of"
                            + " Confluent's wire format (00)");
        }
        return (long) LE64.get(input, offset + FINGERPRINT_OFFSET);
    }

    static MalformedRecordException unknown(String record, long fingerprint) {
        return new MalformedRecordException(record + " has the unknown schema fingerprint "
                + String.format("%016x", fingerprint) + ": was it written by a newer version of Godwit?");
    }
}
