package io.godwit.checkpoint.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** The files that a checkpoint's memory lies in, open for reading. */
final class OpenFiles implements AutoCloseable {
    private final List<FileChannel> channels = new ArrayList<>();

    /** @throws IOException if a file cannot be opened */
    OpenFiles(List<Path> files) throws IOException {
        try {
            for (Path file : files) {
                channels.add(FileChannel.open(file, StandardOpenOption.READ));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    List<FileChannel> channels() {
        return channels;
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : channels) {
            channel.close();
        }
    }
}
