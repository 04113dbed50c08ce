package io.godwit.transformer.checkpoint;

import java.util.Arrays;

/**
 * The pages of a whole checkpoint, by {@link DigestPrefix}: 8 bytes a page, in the chunks in which they came, which ascend from
 * one to the next. Immutable.
 */
public final class IndexedCheckpoint {
    private final int pageSize;
    private final long[][] chunks;
    /** First prefix of each chunk. */
    private final long[] firsts;

    private final long last;

    /** @param chunks in their order; kept, not copied. None is empty */
    private IndexedCheckpoint(int pageSize, long[][] chunks) {
        this.pageSize = pageSize;
        this.chunks = chunks;
        firsts = Arrays.stream(chunks).mapToLong(chunk -> chunk[0]).toArray();
        last = chunks.length == 0 ? 0 : chunks[chunks.length - 1][chunks[chunks.length - 1].length - 1];
    }

    /**
     * Puts a checkpoint together from chunks that ascend.
     *
     * @param chunks in their order; kept, not copied. Only the last may be empty
     * @throws IllegalArgumentException if one begins before the one before it ends
     */
    static IndexedCheckpoint of(int pageSize, long[][] chunks) {
        int end = chunks.length;
        boolean isLastEmpty = chunks[end - 1].length == 0;
        long[][] filled = isLastEmpty ? Arrays.copyOf(chunks, end - 1) : chunks;
        for (int chunk = 1; chunk < filled.length; chunk++) {
            long[] before = filled[chunk - 1];
            if (filled[chunk][0] < before[before.length - 1]) {
                throw new IllegalArgumentException("chunk " + chunk + " begins before chunk " + (chunk - 1) + " ends");
            }
        }
        return new IndexedCheckpoint(pageSize, filled);
    }

    /** Bytes of each page. */
    public int pageSize() {
        return pageSize;
    }

    /** Pages, each content once. */
    public long pages() {
        return Arrays.stream(chunks).mapToLong(chunk -> chunk.length).sum();
    }

    /** Whether the page whose SHA-256 is {@code digest[offset .. offset + 31]} is among them: see {@link DigestPrefix}. */
    public boolean contains(byte[] digest, int offset) {
        long prefix = DigestPrefix.of(digest, offset);
        if (chunks.length == 0 || prefix > last) {
            return false;
        }
        int chunk = SortedSearch.floor(firsts, firsts[0], last, prefix);
        if (chunk < 0) {
            return false;
        }
        // The chunk's own ends are known without a look at it: each would be a miss of the processor's cache.
        long high = chunk + 1 < firsts.length ? firsts[chunk + 1] : last;
        int place = SortedSearch.floor(chunks[chunk], firsts[chunk], high, prefix);
        return chunks[chunk][place] == prefix;
    }
}
