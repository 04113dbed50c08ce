package io.godwit.transformer.processor;

import io.godwit.record.PageEncoding;
import java.util.Arrays;

/**
 * Runs of a batch in work: like {@code PageRuns}, and where the bytes of each lie. Reused from batch to batch, so nothing is
 * allocated a run.
 */
final class RunList {
    private static final int FIRST_CAPACITY = 64;

    private long[] indices = new long[FIRST_CAPACITY];
    private int[] counts = new int[FIRST_CAPACITY];
    private PageEncoding[] encodings = new PageEncoding[FIRST_CAPACITY];
    private int[] offsets = new int[FIRST_CAPACITY];
    private int[] lengths = new int[FIRST_CAPACITY];
    private long[] checksums = new long[FIRST_CAPACITY];
    private int size;

    void clear() {
        size = 0;
    }

    /**
     * Appends a run.
     *
     * @param offset first of its bytes in the array that holds the encoding's bytes
     */
    void add(long index, int count, PageEncoding encoding, int offset, int length, long checksum) {
        if (size == indices.length) {
            grow();
        }
        indices[size] = index;
        counts[size] = count;
        encodings[size] = encoding;
        offsets[size] = offset;
        lengths[size] = length;
        checksums[size] = checksum;
        size++;
    }

    /** Appends run {@code run} of another list as it is. */
    void add(RunList other, int run) {
        add(
                other.indices[run],
                other.counts[run],
                other.encodings[run],
                other.offsets[run],
                other.lengths[run],
                other.checksums[run]);
    }

    /** Lengthens the last run by one page. */
    void extendLast(int length, long checksum) {
        counts[size - 1]++;
        lengths[size - 1] += length;
        checksums[size - 1] += checksum;
    }

    int size() {
        return size;
    }

    long index(int run) {
        return indices[run];
    }

    int count(int run) {
        return counts[run];
    }

    PageEncoding encoding(int run) {
        return encodings[run];
    }

    int offset(int run) {
        return offsets[run];
    }

    int length(int run) {
        return lengths[run];
    }

    long checksum(int run) {
        return checksums[run];
    }

    private void grow() {
        int capacity = size * 2;
        indices = Arrays.copyOf(indices, capacity);
        counts = Arrays.copyOf(counts, capacity);
        encodings = Arrays.copyOf(encodings, capacity);
        offsets = Arrays.copyOf(offsets, capacity);
        lengths = Arrays.copyOf(lengths, capacity);
        checksums = Arrays.copyOf(checksums, capacity);
    }
}
