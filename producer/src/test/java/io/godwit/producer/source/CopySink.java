package io.godwit.producer.source;

import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.record.Manifest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Keeps the copy that a target would have. */
final class CopySink implements PageSink {
    final List<byte[]> copy = new ArrayList<>();
    final List<byte[]> deviceState = new ArrayList<>();
    boolean deviceStateEnded;
    long pages;
    int rounds;
    /** The pipe's pace; 0 for as fast as it goes. */
    long nanosPerPage;

    int closeAtRound = Integer.MAX_VALUE;

    private final int pageSize;

    CopySink(Manifest manifest) {
        pageSize = manifest.pageSize();
        manifest.blocks().forEach(block -> copy.add(new byte[(int) block.length()]));
    }

    @Override
    public boolean page(int block, int index, ByteBuffer memory, int position) throws SinkClosedException {
        if (rounds + 1 >= closeAtRound) {
            throw new SinkClosedException("closed by the test");
        }
        memory.get(position, copy.get(block), index * pageSize, pageSize);
        pages++;
        LockSupport.parkNanos(nanosPerPage);
        return true;
    }

    @Override
    public void zeroPages(int block, int first, int count) {
        throw new AssertionError("these sources leave zero pages to the sink");
    }

    @Override
    public void endRound() {
        rounds++;
    }

    @Override
    public void checkOpen() {}

    @Override
    public void awaitCarried(int round) {}

    @Override
    public void awaitCarried() {
        // What was copied is stored.
    }

    @Override
    public void deviceState(byte[] chunk, boolean last) {
        deviceState.add(chunk);
        deviceStateEnded = last;
    }
}
