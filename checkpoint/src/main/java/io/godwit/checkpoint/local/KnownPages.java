package io.godwit.checkpoint.local;

import java.io.IOException;

/** Pages that can be had by their SHA-256. Any thread may call it. */
@FunctionalInterface
public interface KnownPages {
    /** Knows none. */
    KnownPages NONE = (digest, digestOffset, output, outputOffset, pageSize) -> false;

    /**
     * Copies the page whose SHA-256 is {@code digest[digestOffset .. digestOffset + 31]} to
     * {@code output[outputOffset .. outputOffset + pageSize - 1]}, and verifies it.
     *
     * @return whether the page is there; if not, which is also where it is damaged, the output may hold anything
     */
    boolean read(byte[] digest, int digestOffset, byte[] output, int outputOffset, int pageSize) throws IOException;
}
