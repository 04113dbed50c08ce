package io.godwit.record;

import java.util.Arrays;

/**
 * The runs of a batch, as arrays side by side: no object a run. Built by one thread, read-only once it is part of a
 * {@link PageBatch}.
 */
public final class PageRuns {
    /** Most runs of a batch. */
    public static final int MAX_RUNS = 4096;

    private long[] indices;
    private int[] counts;
    private PageEncoding[] encodings;
    private int[] lengths;
    private long[] checksums;
    private int size;

    public PageRuns(int expectedRuns) {
        int capacity = Math.max(1, expectedRuns);
        indices = new long[capacity];
        counts = new int[capacity];
        encodings = new PageEncoding[capacity];
        lengths = new int[capacity];
        checksums = new long[capacity];
    }

    /**
     * Appends a run.
     *
     * @param index first page of the run in its block
     * @param count pages
     * @param length bytes of the uncompressed payload
     * @param checksum sum of the page hashes after rebuilding, mod 2^64
     */
    public void add(long index, int count, PageEncoding encoding, int length, long checksum) {
        if (size == indices.length) {
            int capacity = size * 2;
            indices = Arrays.copyOf(indices, capacity);
            counts = Arrays.copyOf(counts, capacity);
            encodings = Arrays.copyOf(encodings, capacity);
            lengths = Arrays.copyOf(lengths, capacity);
            checksums = Arrays.copyOf(checksums, capacity);
        }
        indices[size] = index;
        counts[size] = count;
        encodings[size] = encoding;
        lengths[size] = length;
        checksums[size] = checksum;
        size++;
    }

    /** Appends a run, or lengthens the last one where {@code encoding} is NORMAL or ZERO and it goes on there. */
    public void extend(long index, int count, PageEncoding encoding, int length, long checksum, int stripePages) {
        int last = size - 1;
        boolean joinable = encoding == PageEncoding.NORMAL || encoding == PageEncoding.ZERO;
        if (last >= 0
                && joinable
                && encodings[last] == encoding
                && indices[last] + counts[last] == index
                && index % stripePages != 0) {
            counts[last] += count;
            lengths[last] += length;
            checksums[last] += checksum;
        } else {
            add(index, count, encoding, length, checksum);
        }
    }

    public int size() {
        return size;
    }

    public long index(int run) {
        return indices[run];
    }

    public int count(int run) {
        return counts[run];
    }

    public PageEncoding encoding(int run) {
        return encodings[run];
    }

    public int length(int run) {
        return lengths[run];
    }

    public long checksum(int run) {
        return checksums[run];
    }

    /** Bytes of the uncompressed payload. */
    public long payloadBytes() {
        long bytes = 0;
        for (int run = 0; run < size; run++) {
            bytes += lengths[run];
        }
        return bytes;
    }

    /** Pages of all runs. */
    public long pages() {
        long pages = 0;
        for (int run = 0; run < size; run++) {
            pages += counts[run];
        }
        return pages;
    }

    /** Pages of the runs under {@code encoding}. */
    public long pages(PageEncoding encoding) {
        long pages = 0;
        for (int run = 0; run < size; run++) {
            if (encodings[run] == encoding) {
                pages += counts[run];
            }
        }
        return pages;
    }
}
