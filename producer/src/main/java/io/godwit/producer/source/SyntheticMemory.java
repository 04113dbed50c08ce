package io.godwit.producer.source;

import io.godwit.producer.precopy.DirtyBitmap;
import io.godwit.producer.precopy.DirtyMemory;
import io.godwit.ramdir.MappedBlock;
import io.godwit.record.Manifest;
import java.nio.ByteBuffer;

/** A synthetic guest's memory as precopy sees it. */
final class SyntheticMemory implements DirtyMemory {
    private final Manifest manifest;
    private final MappedBlock memory;
    private final DirtyBitmap dirty;
    private final GuestWriters writers;

    SyntheticMemory(Manifest manifest, MappedBlock memory, DirtyBitmap dirty, GuestWriters writers) {
        this.manifest = manifest;
        this.memory = memory;
        this.dirty = dirty;
        this.writers = writers;
    }

    @Override
    public Manifest manifest() {
        return manifest;
    }

    @Override
    public DirtyBitmap dirty(int block) {
        return dirty;
    }

    @Override
    public ByteBuffer view(int block, int first, int count) {
        long position = (long) first * manifest.pageSize();
        // The block's own window is everybody's: its position must not be moved.
        return memory.window(position).duplicate().position(MappedBlock.windowOffset(position));
    }

    @Override
    public void sync() {
        // Its writers mark what they write.
    }

    @Override
    public boolean isLive() {
        return true;
    }

    @Override
    public boolean isThrottleable() {
        return true;
    }

    @Override
    public void throttle(int percent) {
        writers.throttle(percent);
    }

    @Override
    public void pause() throws InterruptedException {
        writers.pause();
    }
}
