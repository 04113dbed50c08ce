package io.godwit.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory for its owner alone that is removed with all that is in it. */
public final class TemporaryDirectory implements AutoCloseable {
    private final Path path;

    private TemporaryDirectory(Path path) {
        this.path = path;
    }

    /** Makes one where temporary files go. */
    public static TemporaryDirectory create(String prefix) throws IOException {
        return new TemporaryDirectory(Files.createTempDirectory(prefix));
    }

    public Path path() {
        return path;
    }

    /** As {@link FileTree#delete}. */
    @Override
    public void close() throws IOException {
        FileTree.delete(path);
    }
}
