package io.godwit.producer.publish;

import io.godwit.hash.PageHash;
import io.godwit.record.Manifest;

/**
 * The hash of every page as it was sent last: 8 bytes a page, the only memory of an agent that grows with the guest. A page
 * that was never sent counts as zero.
 *
 * <p>Any thread may call it, for pages of lanes of its own.
 */
final class PageHashes {
    private final long[][] hashes;

    PageHashes(Manifest manifest) {
        hashes = new long[manifest.blocks().size()][];
        for (int block = 0; block < hashes.length; block++) {
            hashes[block] = new long[manifest.pages(block)];
        }
    }

    /** A page is {@code hash} now; returns by how much that changes the lane's digest. */
    long replace(int block, int index, long hash) {
        long change = hash - hashes[block][index];
        hashes[block][index] = hash;
        return change;
    }

    /** Pages are zero now; returns by how much that changes the lane's digest. */
    long clear(int block, int first, int count) {
        long change = 0;
        for (int index = first; index < first + count; index++) {
            change -= hashes[block][index];
            hashes[block][index] = PageHash.ZERO;
        }
        return change;
    }
}
