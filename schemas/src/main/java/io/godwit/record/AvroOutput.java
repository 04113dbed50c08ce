package io.godwit.record;

import java.nio.charset.StandardCharsets;

/**
 * Writes Avro binary into an array of the exact size, in two passes over the same calls: the first, without an array, only
 * counts.
 */
final class AvroOutput {
    private byte[] bytes;
    private int position;

    /** Begins the counting pass. */
    AvroOutput(int start) {
        position = start;
    }

    /** Begins the writing pass: allocates what was counted. */
    byte[] allocate(int start) {
        bytes = new byte[position];
        position = start;
        return bytes;
    }

    void writeLong(long value) {
        long raw = (value << 1) ^ (value >> 63);
        if (bytes == null) {
            position += (70 - Long.numberOfLeadingZeros(raw | 1)) / 7;
            return;
        }
        while ((raw & ~0x7FL) != 0) {
            bytes[position++] = (byte) (raw | 0x80);
            raw >>>= 7;
        }
        bytes[position++] = (byte) raw;
    }

    void writeBoolean(boolean value) {
        if (bytes != null) {
            bytes[position] = (byte) (value ? 1 : 0);
        }
        position++;
    }

    void writeBytes(byte[] source, int offset, int length) {
        writeLong(length);
        if (bytes != null) {
            System.arraycopy(source, offset, bytes, position, length);
        }
        position += length;
    }

    void writeString(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        writeBytes(utf8, 0, utf8.length);
    }
}
