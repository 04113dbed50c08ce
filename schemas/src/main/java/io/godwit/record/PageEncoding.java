package io.godwit.record;

import io.godwit.hash.PageDigest;

/** How a run's pages are written in the payload. The id is the symbol's place in the Avro enum: never reused, only appended. */
public enum PageEncoding {
    /** {@code count} pages as they are. */
    NORMAL(0),
    /** Pages of zero bytes; nothing in the payload. */
    ZERO(1),
    /** Pages whose bytes all equal the one byte in the payload. */
    FILL(2),
    /** One page as an XBZRLE delta against the same page after every earlier record of its lane. */
    XBZRLE(3),
    /** {@code count} SHA-256 digests of 32 bytes, of pages that a checkpoint holds. */
    HASH(4);

    /** Bytes of one SHA-256 digest in a {@link #HASH} run. */
    public static final int HASH_BYTES = PageDigest.BYTES;

    private static final PageEncoding[] BY_ID = {NORMAL, ZERO, FILL, XBZRLE, HASH};

    private final int id;

    PageEncoding(int id) {
        this.id = id;
    }

    /** The symbol's place in the Avro enum. */
    public int id() {
        return id;
    }

    /**
     * Returns the encoding with {@code id}.
     *
     * @throws MalformedRecordException if there is none
     */
    public static PageEncoding ofId(int id) throws MalformedRecordException {
        if (id < 0 || id >= BY_ID.length) {
            throw new MalformedRecordException("page encoding " + id + " is unknown");
        }
        return BY_ID[id];
    }
}
