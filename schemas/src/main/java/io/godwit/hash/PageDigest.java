package io.godwit.hash;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;

/**
 * SHA-256 of pages: what a page is looked up by in a checkpoint. Holds the state of one computation, so one instance a
 * thread; nothing is allocated a page.
 */
public final class PageDigest {
    /** Bytes of a digest. */
    public static final int BYTES = 32;

    private final MessageDigest sha256;

    public PageDigest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256, this one has not", e);
        }
    }

    /**
     * Writes the digest of {@code page[pageOffset .. pageOffset + pageSize - 1]} to the {@link #BYTES} bytes of
     * {@code output} from {@code outputOffset} on.
     *
     * @throws IndexOutOfBoundsException if a range is not within its array
     */
    public void digest(byte[] page, int pageOffset, int pageSize, byte[] output, int outputOffset) {
        Objects.checkFromIndexSize(pageOffset, pageSize, page.length);
        Objects.checkFromIndexSize(outputOffset, BYTES, output.length);
        try {
            sha256.update(page, pageOffset, pageSize);
            sha256.digest(output, outputOffset, BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("SHA-256 is not " + BYTES + " bytes long", e);
        }
    }
}
