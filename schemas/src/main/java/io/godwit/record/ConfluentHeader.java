package io.godwit.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Header of the wire format of Confluent's clients.
 *
 * <pre>
 *   0    1                  5
 *   +----+------------------+---
 *   | 00 | schema id, be32  | Avro binary
 *   +----+------------------+---
 * </pre>
 *
 * Source: Confluent Schema Registry, "Wire format".
 */
final class ConfluentHeader {
    static final int BYTES = 5;

    private static final byte MARKER = 0x00;
    private static final int ID_OFFSET = 1;
    private static final VarHandle BE32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private ConfluentHeader() {}

    /** Whether a record that is in this format begins here; whether it is whole is another question. */
    static boolean isAt(byte[] input, int offset, int length) {
        return length > 0 && input[offset] == MARKER;
    }

    static byte[] of(int id) {
        byte[] header = new byte[BYTES];
        header[0] = MARKER;
        BE32.set(header, ID_OFFSET, id);
        return header;
    }

    /** Returns the number of the writer's schema. */
    static int read(String record, byte[] input, int offset, int length) throws MalformedRecordException {
        if (length < BYTES) {
            throw new MalformedRecordException(
                    record + " of " + length + " bytes is shorter than its header of " + BYTES + " bytes");
        }
        return (int) BE32.get(input, offset + ID_OFFSET);
    }
}
