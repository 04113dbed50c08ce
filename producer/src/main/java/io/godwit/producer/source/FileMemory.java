package io.godwit.producer.source;

import io.godwit.producer.precopy.DirtyBitmap;
import io.godwit.producer.precopy.DirtyMemory;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Blocks in files as memory that nobody writes. */
final class FileMemory implements DirtyMemory, AutoCloseable {
    /** Bytes read at a time: few enough to stay in a core's cache until they are passed on. */
    private static final int READ_BYTES = 512 << 10;

    private final BlockReader files;
    private final List<DirtyBitmap> dirty = new ArrayList<>();
    private final ByteBuffer buffer;

    private int bufferedBlock = -1;
    private long bufferedStart;

    FileMemory(BlockReader files) {
        this.files = files;
        for (int block = 0; block < manifest().blocks().size(); block++) {
            dirty.add(new DirtyBitmap(manifest().pages(block)));
        }
        buffer = ByteBuffer.allocateDirect(
                Math.max(READ_BYTES, DirtyBitmap.WORD_PAGES * manifest().pageSize()));
    }

    @Override
    public Manifest manifest() {
        return files.manifest();
    }

    @Override
    public DirtyBitmap dirty(int block) {
        return dirty.get(block);
    }

    @Override
    public ByteBuffer view(int block, int first, int count) throws IOException, InterruptedException {
        long position = (long) first * manifest().pageSize();
        long end = position + (long) count * manifest().pageSize();
        boolean isBuffered =
                block == bufferedBlock && position >= bufferedStart && end <= bufferedStart + buffer.limit();
        if (!isBuffered) {
            fill(block, position);
        }
        return buffer.position((int) (position - bufferedStart));
    }

    /** Reads ahead from {@code position}, up to the buffer's or the block's end. */
    private void fill(int block, long position) throws IOException, InterruptedException {
        long length = manifest().blocks().get(block).length();
        bufferedBlock = -1;
        buffer.position(0).limit((int) Math.min(buffer.capacity(), length - position));
        files.read(block, position, buffer);
        bufferedBlock = block;
        bufferedStart = position;
    }

    @Override
    public void sync() {
        // Nobody writes.
    }

    @Override
    public boolean isLive() {
        return false;
    }

    @Override
    public boolean isThrottleable() {
        return false;
    }

    @Override
    public void throttle(int percent) {
        // Nobody writes.
    }

    @Override
    public void pause() {
        // Nobody writes.
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
