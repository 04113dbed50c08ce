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

    /**
     * The same without the verification where that saves anything: for a caller that has another checksum of the page.
     *
     * @return whether there is anything where the page was found when its checkpoint was hashed
     */
    default boolean copy(byte[] digest, int digestOffset, byte[] output, int outputOffset, int pageSize)
            throws IOException {
        return read(digest, digestOffset, output, outputOffset, pageSize);
    }

    /** Pages that are here or in {@code others}; from here where both have one. */
    default KnownPages or(KnownPages others) {
        return new EitherPages(this, others);
    }
}
