package io.godwit.producer.publish;

import io.godwit.codec.ZeroPage;
import io.godwit.record.PageEncoding;
import java.nio.ByteBuffer;

/**
 * A batch that is being filled: runs of one block and one lane, and the bytes of those that carry any. Used over and over;
 * by one thread at a time.
 */
final class OpenBatch {
    /** Most runs of a batch. */
    static final int MAX_RUNS = 256;

    private final int pageSize;
    private final byte[] bytes;
    private final int[] firsts = new int[MAX_RUNS];
    private final int[] counts = new int[MAX_RUNS];
    private final boolean[] carrying = new boolean[MAX_RUNS];

    private int block;
    private int runs;
    private int end;
    private int usedBytes;

    /**
     * @param pageSize bytes a page
     * @param maxPages most pages that carry bytes
     */
    OpenBatch(int pageSize, int maxPages) {
        this.pageSize = pageSize;
        bytes = new byte[pageSize * maxPages];
    }

    /** Empties the batch for pages of {@code newBlock}. */
    void begin(int newBlock) {
        block = newBlock;
        runs = 0;
        end = 0;
        usedBytes = 0;
    }

    /** Whether a page of {@code ofBlock} at {@code index} may follow: same block, after all that is in the batch, and room. */
    boolean takes(int ofBlock, int index) {
        return ofBlock == block && index >= end && runs < MAX_RUNS && usedBytes < bytes.length;
    }

    /**
     * Copies a page in.
     *
     * @param joins whether it may lengthen the run before it: it is not the first of its stripe
     * @return false, and nothing is added, if the copy is all zeros
     */
    boolean copy(int index, ByteBuffer memory, int position, boolean joins) {
        memory.get(position, bytes, usedBytes, pageSize);
        // The copy is looked at, not only the memory: the guest may have cleared the page in between, and a page that
        // is
        // sent as bytes must hash as bytes.
        if (ZeroPage.isZero(bytes, usedBytes, pageSize)) {
            return false;
        }
        usedBytes += pageSize;
        add(index, 1, true, joins);
        return true;
    }

    /** Adds zero pages, all of one stripe. */
    void addZeros(int first, int count, boolean joins) {
        add(first, count, false, joins);
    }

    private void add(int first, int count, boolean carries, boolean joins) {
        int last = runs - 1;
        if (joins && last >= 0 && end == first && carrying[last] == carries) {
            counts[last] += count;
        } else {
            firsts[runs] = first;
            counts[runs] = count;
            carrying[runs] = carries;
            runs++;
        }
        end = first + count;
    }

    boolean isEmpty() {
        return runs == 0;
    }

    int block() {
        return block;
    }

    int runs() {
        return runs;
    }

    int first(int run) {
        return firsts[run];
    }

    int count(int run) {
        return counts[run];
    }

    PageEncoding encoding(int run) {
        return carrying[run] ? PageEncoding.NORMAL : PageEncoding.ZERO;
    }

    /** The bytes of the runs that carry any, one after the other, from index 0. */
    byte[] bytes() {
        return bytes;
    }

    /** How many of {@link #bytes} are used. */
    int usedBytes() {
        return usedBytes;
    }
}
