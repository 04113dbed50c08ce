package io.godwit.producer.source;

import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.Precopy;
import io.godwit.producer.precopy.PrecopyListener;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.nio.file.Path;

/** The memory of a guest that does not run, as the files of a RAM directory: read once, in one round. */
public final class RamDirectorySource implements MemorySource {
    private final FileMemory memory;

    /**
     * Opens a RAM directory and its files.
     *
     * @throws io.godwit.ramdir.RamDirectoryException if it is none, or a file does not fit its manifest
     * @throws IOException if the file system fails
     */
    public RamDirectorySource(Path path) throws IOException {
        memory = new FileMemory(RamDirectory.open(path));
    }

    @Override
    public String kind() {
        return "ram-dir";
    }

    @Override
    public Manifest manifest() {
        return memory.manifest();
    }

    @Override
    public boolean isLive() {
        return false;
    }

    @Override
    public void migrate(PageSink sink, PrecopySettings settings, PrecopyListener listener)
            throws IOException, SinkClosedException, InterruptedException {
        new Precopy(memory, settings, listener, System::nanoTime).migrate(sink);
    }

    @Override
    public void resume() {
        // No guest was stopped.
    }

    @Override
    public void close() throws IOException {
        memory.close();
    }
}
