package io.godwit.consumer.qemu;

import java.util.Objects;

/**
 * A RAM block whose pages go to QEMU through its stream.
 *
 * @param number its place in the manifest
 * @param pages its pages as they stand
 * @param dirty which of them QEMU does not have as they stand
 */
record ForwardedBlock(int number, PageReader pages, DirtyPages dirty) {
    /** Reads a page as it stands. */
    interface PageReader {
        void read(long index, byte[] output, int outputOffset);
    }

    ForwardedBlock {
        Objects.requireNonNull(pages, "pages");
        Objects.requireNonNull(dirty, "dirty");
    }
}
