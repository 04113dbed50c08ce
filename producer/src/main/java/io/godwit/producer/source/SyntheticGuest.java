package io.godwit.producer.source;

import io.godwit.producer.precopy.DirtyBitmap;
import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.Precopy;
import io.godwit.producer.precopy.PrecopyListener;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.ramdir.MappedBlock;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * A guest without a hypervisor: memory of a given mix, and threads that write a part of it while it is migrated. The same
 * specification gives the same memory at boot, so that demos, tests and benchmarks can be repeated anywhere.
 */
public final class SyntheticGuest implements MemorySource {
    /** Pages that a thread fills at a time. */
    private static final int CHUNK_PAGES = 512;

    private final SyntheticSpec spec;
    private final MappedBlock memory;
    private final DirtyBitmap dirty;
    private final GuestWriters writers;
    private boolean booted;

    /**
     * A guest that is not running yet.
     *
     * @throws IOException if there is no room for its memory
     */
    public SyntheticGuest(SyntheticSpec spec) throws IOException {
        this.spec = spec;
        memory = GuestMemory.allocate(spec.memoryBytes());
        dirty = new DirtyBitmap(spec.pages());
        writers = new GuestWriters(spec, memory, dirty);
    }

    /** Fills the memory and starts the threads that write it. No effect when called again. */
    public void boot() {
        if (!booted) {
            booted = true;
            fill();
            writers.start();
        }
    }

    @Override
    public String kind() {
        return "synthetic";
    }

    @Override
    public Manifest manifest() {
        return spec.manifest();
    }

    @Override
    public boolean isLive() {
        return true;
    }

    /** As described there; boots the guest where that was not done before. */
    @Override
    public void migrate(PageSink sink, PrecopySettings settings, PrecopyListener listener)
            throws IOException, SinkClosedException, InterruptedException {
        boot();
        new Precopy(new SyntheticMemory(manifest(), memory, dirty, writers), settings, listener, System::nanoTime)
                .migrate(sink);
    }

    @Override
    public void resume() {
        writers.resume();
    }

    /**
     * Copies memory, of which the guest writes parts unless it stands still, as it does after {@link #migrate}.
     *
     * @param block the block's place in the manifest
     * @param position in the block
     */
    public void read(int block, long position, byte[] output, int outputOffset, int count) {
        if (block != 0) {
            throw new IllegalArgumentException("block " + block + ": a synthetic guest has but one");
        }
        memory.read(position, output, outputOffset, count);
    }

    /** Ends the guest. */
    @Override
    public void close() throws IOException {
        writers.close();
        memory.close();
    }

    private void fill() {
        SyntheticPages pages = new SyntheticPages(spec);
        AtomicInteger nextChunk = new AtomicInteger();
        int chunks = (spec.pages() + CHUNK_PAGES - 1) / CHUNK_PAGES;
        IntStream.range(0, Runtime.getRuntime().availableProcessors())
                .parallel()
                .forEach(worker -> {
                    byte[] page = new byte[SyntheticSpec.PAGE_SIZE];
                    for (int chunk = nextChunk.getAndIncrement(); chunk < chunks; chunk = nextChunk.getAndIncrement()) {
                        fillChunk(pages, chunk, page);
                    }
                });
    }

    private void fillChunk(SyntheticPages pages, int chunk, byte[] page) {
        int end = (int) Math.min(spec.pages(), (chunk + 1L) * CHUNK_PAGES);
        for (int index = chunk * CHUNK_PAGES; index < end; index++) {
            pages.write(index, page);
            // Zeros too: memory that a guest's kernel has cleared has its pages.
            memory.write((long) index * SyntheticSpec.PAGE_SIZE, page, 0, page.length);
        }
    }
}
