package io.godwit.producer.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Reads of files by threads that may be interrupted. */
final class FileReads {
    private FileReads() {}

    /**
     * Reads once, as {@link FileChannel#read(ByteBuffer, long)} does.
     *
     * @param path what an interruption names
     */
    static int read(FileChannel channel, long position, ByteBuffer output, Path path)
            throws IOException, InterruptedException {
        try {
            return channel.read(output, position);
        } catch (ClosedByInterruptException e) {
            // Clears the flag, as whoever throws this does.
            Thread.interrupted();
            InterruptedException interrupted = new InterruptedException("interrupted while reading " + path);
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
