package io.godwit.checkpoint.local;

import java.io.IOException;

/** Takes hashes and the places of their pages. */
@FunctionalInterface
interface RecordSink {
    /**
     * Takes one.
     *
     * @param hash has the hash from {@code offset} on; not kept
     */
    void add(byte[] hash, int offset, long place) throws IOException;
}
