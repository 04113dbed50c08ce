package io.godwit.consumer.sink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much can be written. */
@FunctionalInterface
public interface DiskSpace {
    /** As the file system says. */
    DiskSpace OF_FILE_SYSTEM = directory -> Files.getFileStore(directory).getUsableSpace();

    /** Bytes that files in {@code directory}, which exists, may grow by. */
    long usableBytes(Path directory) throws IOException;
}
