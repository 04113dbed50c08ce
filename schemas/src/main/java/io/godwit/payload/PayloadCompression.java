package io.godwit.payload;

import io.godwit.record.MalformedRecordException;

/** How a payload is compressed. The id is the symbol's place in the Avro enum: never reused, only appended. */
public enum PayloadCompression {
    NONE(0),
    /** LZ4 block format. */
    LZ4(1),
    /** Zstandard frame. */
    ZSTD(2);

    private static final PayloadCompression[] BY_ID = {NONE, LZ4, ZSTD};

    private final int id;

    PayloadCompression(int id) {
        this.id = id;
    }

    /** The symbol's place in the Avro enum. */
    public int id() {
        return id;
    }

    /**
     * Returns the compression with {@code id}.
     *
     * @throws MalformedRecordException if there is none
     */
    public static PayloadCompression ofId(int id) throws MalformedRecordException {
        if (id < 0 || id >= BY_ID.length) {
            throw new MalformedRecordException("payload compression " + id + " is unknown");
        }
        return BY_ID[id];
    }
}
