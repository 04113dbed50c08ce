package io.godwit.record;

import java.nio.charset.StandardCharsets;

/** Reads Avro binary in place, every length bounded before it is used. */
final class AvroInput {
    private static final int MAX_VARINT_BYTES = 10;

    private final byte[] bytes;
    private final int end;
    private int position;

    AvroInput(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.position = offset;
        this.end = offset + length;
    }

    int position() {
        return position;
    }

    byte[] array() {
        return bytes;
    }

    /** Avro long: zig-zag, then base-128, low groups first. */
    long readLong(String field) throws MalformedRecordException {
        long raw = 0;
        for (int group = 0; group < MAX_VARINT_BYTES; group++) {
            if (position >= end) {
                throw new MalformedRecordException("record ends within field " + field);
            }
            byte next = bytes[position++];
            raw |= (next & 0x7FL) << (7 * group);
            if (next >= 0) {
                // The tenth group holds one bit of 64; a set bit above it has no meaning.
                if (group == MAX_VARINT_BYTES - 1 && next > 1) {
                    break;
                }
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new MalformedRecordException("field " + field + " is not a 64-bit number");
    }

    int readInt(String field) throws MalformedRecordException {
        return readInt(field, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    int readInt(String field, int min, int max) throws MalformedRecordException {
        long value = readLong(field);
        if (value < min || value > max) {
            throw new MalformedRecordException("field " + field + " is " + value + ", not in " + min + ".." + max);
        }
        return (int) value;
    }

    boolean readBoolean(String field) throws MalformedRecordException {
        if (position >= end) {
            throw new MalformedRecordException("record ends within field " + field);
        }
        byte value = bytes[position++];
        if (value != 0 && value != 1) {
            throw new MalformedRecordException("field " + field + " is " + value + ", not 0 or 1");
        }
        return value == 1;
    }

    /** Passes over {@code bytes}: returns their length, and {@link #position()} before the call plus its varint is where they lie. */
    int skipBytes(String field, int maxLength) throws MalformedRecordException {
        int length = readInt(field + " length", 0, maxLength);
        if (length > end - position) {
            throw new MalformedRecordException(
                    "field " + field + " has " + length + " bytes, the record only " + (end - position) + " more");
        }
        position += length;
        return length;
    }

    String readString(String field, int maxLength) throws MalformedRecordException {
        int length = skipBytes(field, maxLength);
        return new String(bytes, position - length, length, StandardCharsets.UTF_8);
    }

    /**
     * Begins an array's block.
     *
     * @return items in the block, 0 at the end of the array
     */
    int readArrayBlock(String field, int maxItems) throws MalformedRecordException {
        long count = readLong(field + " count");
        if (count < 0) {
            // A negative count is followed by the block's size in bytes, which only a reader that skips needs.
            readLong(field + " size");
            count = -count;
        }
        if (count < 0 || count > maxItems) {
            throw new MalformedRecordException("field " + field + " has more than " + maxItems + " items");
        }
        return (int) count;
    }

    void checkEnd() throws MalformedRecordException {
        if (position != end) {
            throw new MalformedRecordException("record has " + (end - position) + " bytes after its last field");
        }
    }
}
