package io.godwit.producer.source;

import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.Precopy;
import io.godwit.producer.precopy.PrecopyListener;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.nio.file.Path;

/** The memory in an ELF core dump: read once, in one round. Without device state: no guest can be continued from it. */
public final class ElfSource implements MemorySource {
    private final FileMemory memory;

    /**
     * Opens a dump.
     *
     * @throws io.godwit.checkpoint.elf.ElfException if it is none that can be read
     * @throws IOException if the file system fails
     */
    public ElfSource(Path file) throws IOException {
        memory = new FileMemory(new ElfMemory(file));
    }

    @Override
    public String kind() {
        return "elf";
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
