package io.godwit.producer.source;

import io.godwit.hash.ContentHash;
import io.godwit.record.Manifest;

/**
 * The hash of every page as it was passed to the sink last: 8 bytes a page.
 *
 * <p>One thread calls {@link #passed}, any threads call {@link #isSent} while it does not.
 */
final class SentContents {
    private final ContentHash hash;
    private final int pageSize;
    private final long[][] hashes;

    SentContents(Manifest manifest, ContentHash hash) {
        this.hash = hash;
        pageSize = manifest.pageSize();
        hashes = new long[manifest.blocks().size()][];
        for (int block = 0; block < hashes.length; block++) {
            hashes[block] = new long[manifest.pages(block)];
        }
    }

    /** Page {@code index} was passed with the content of {@code bytes} from {@code offset} on. */
    void passed(int block, int index, byte[] bytes, int offset) {
        hashes[block][index] = hash.of(bytes, offset, pageSize);
    }

    /** Whether page {@code index} was last passed with this content. */
    boolean isSent(int block, int index, byte[] bytes, int offset) {
        return hashes[block][index] == hash.of(bytes, offset, pageSize);
    }
}
