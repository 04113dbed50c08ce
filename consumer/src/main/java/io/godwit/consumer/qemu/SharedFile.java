package io.godwit.consumer.qemu;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Memory of the destination's QEMU that lies in a file which others may map too.
 *
 * @param block id of the RAM block
 * @param file where it lies, from the file's beginning
 * @param guestAddress where the block lies in its container, as QEMU compares it
 */
record SharedFile(String block, Path file, long guestAddress) {
    SharedFile {
        Objects.requireNonNull(block, "block");
        Objects.requireNonNull(file, "file");
    }
}
