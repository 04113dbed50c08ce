package io.godwit.checkpoint.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Optional;

/**
 * A file as it was when its pages were hashed.
 *
 * @param path absolute, or relative to the checkpoint's own directory
 * @param length bytes
 * @param modifiedNanos when it was last written, since the epoch
 */
record FileStamp(String path, long length, long modifiedNanos) {
    /** The file as it is now; empty where there is none. */
    static Optional<FileStamp> of(Path checkpoint, String path) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(checkpoint.resolve(path), BasicFileAttributes.class);
            Instant modified = attributes.lastModifiedTime().toInstant();
            long nanos =
                    Math.addExact(Math.multiplyExact(modified.getEpochSecond(), 1_000_000_000L), modified.getNano());
            return attributes.isRegularFile()
                    ? Optional.of(new FileStamp(path, attributes.size(), nanos))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
