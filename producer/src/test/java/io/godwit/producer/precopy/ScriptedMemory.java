package io.godwit.producer.precopy;

import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A guest in arrays: the test is the one that writes it, when it likes. */
final class ScriptedMemory implements DirtyMemory {
    static final int PAGE_SIZE = 512;

    final List<byte[]> blocks = new ArrayList<>();
    final List<Integer> throttles = new ArrayList<>();
    boolean live = true;
    boolean throttleable = true;
    boolean paused;
    /** What a sync does beside: writes are marked as they are made. */
    Runnable synced = () -> {};

    private final Manifest manifest;
    private final List<DirtyBitmap> dirty = new ArrayList<>();

    /** A guest with blocks of {@code pages} pages. */
    ScriptedMemory(int... pages) {
        List<RamBlock> ramBlocks = new ArrayList<>();
        for (int count : pages) {
            ramBlocks.add(new RamBlock("block" + ramBlocks.size(), (long) count * PAGE_SIZE));
            byte[] bytes = new byte[count * PAGE_SIZE];
            Arrays.fill(bytes, (byte) 1);
            blocks.add(bytes);
            dirty.add(new DirtyBitmap(count));
        }
        manifest = new Manifest(PAGE_SIZE, ramBlocks);
    }

    /** The guest writes {@code value} all over a page. */
    void write(int block, int page, int value) {
        if (paused) {
            throw new AssertionError("the guest wrote while it was paused");
        }
        Arrays.fill(blocks.get(block), page * PAGE_SIZE, (page + 1) * PAGE_SIZE, (byte) value);
        dirty.get(block).mark(page);
    }

    @Override
    public Manifest manifest() {
        return manifest;
    }

    @Override
    public DirtyBitmap dirty(int block) {
        return dirty.get(block);
    }

    @Override
    public ByteBuffer view(int block, int first, int count) {
        return ByteBuffer.wrap(blocks.get(block)).position(first * PAGE_SIZE);
    }

    @Override
    public void sync() {
        synced.run();
    }

    @Override
    public boolean isLive() {
        return live;
    }

    @Override
    public void throttle(int percent) {
        throttles.add(percent);
    }

    @Override
    public boolean isThrottleable() {
        return throttleable;
    }

    @Override
    public void pause() {
        paused = true;
    }
}
