package io.godwit.record;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A named region of guest memory.
 *
 * @param id QEMU's idstr, or the name a RAM directory gives it; 1 to 255 UTF-8 bytes, any characters but control ones
 * @param length bytes, a multiple of the manifest's page size
 */
public record RamBlock(String id, long length) {
    /** Longest id: QEMU writes its length in one byte. */
    public static final int MAX_ID_BYTES = 255;

    public RamBlock {
        Objects.requireNonNull(id, "id");
        int idBytes = id.getBytes(StandardCharsets.UTF_8).length;
        if (idBytes == 0 || idBytes > MAX_ID_BYTES) {
            throw new IllegalArgumentException(
                    "RAM block id is " + idBytes + " bytes long: 1 to " + MAX_ID_BYTES + " are allowed");
        }
        if (id.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("RAM block id holds control characters");
        }
        if (length <= 0) {
            throw new IllegalArgumentException("RAM block " + id + " has length " + length + ": it must be positive");
        }
    }
}
