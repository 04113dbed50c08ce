package io.godwit.cli.guest;

import io.godwit.codec.ZeroPage;
import io.godwit.consumer.sink.PageSink;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;

/** Hands what a source passes straight to a sink, as one lane without Kafka would. */
final class DirectPipe implements io.godwit.producer.precopy.PageSink {
    private static final int PAGE_SIZE = Manifest.DEFAULT_PAGE_SIZE;

    private final PageSink sink;
    private final Runnable atRoundEnd;
    private final byte[] page = new byte[PAGE_SIZE];
    /** By block, the pages that are not zero. */
    private final List<BitSet> written;

    private long deviceStateBytes;
    private int rounds;

    /** @param atRoundEnd what happens at the end of each round */
    DirectPipe(PageSink sink, Manifest manifest, Runnable atRoundEnd) {
        this.sink = sink;
        this.written = manifest.blocks().stream().map(block -> new BitSet()).toList();
        this.atRoundEnd = atRoundEnd;
    }

    @Override
    public boolean page(int block, int index, ByteBuffer memory, int position) {
        memory.get(position, page, 0, PAGE_SIZE);
        try {
            sink.write(block, index, ByteBuffer.wrap(page));
            written.get(block).set(index);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return !ZeroPage.isZero(page, 0, PAGE_SIZE);
    }

    /** Pages that are zero already are not written: a receiver does not either. */
    @Override
    public void zeroPages(int block, int first, int count) {
        try {
            for (int index = first; index < first + count; index++) {
                if (written.get(block).get(index)) {
                    written.get(block).clear(index);
                    sink.writeZero(block, index, 1);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void endRound() {
        sink.endRound(++rounds);
        atRoundEnd.run();
    }

    @Override
    public void checkOpen() {}

    @Override
    public void awaitCarried(int round) {}

    @Override
    public void awaitCarried() {}

    @Override
    public void deviceState(byte[] chunk, boolean last) {
        try {
            sink.writeDeviceState(deviceStateBytes, chunk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        deviceStateBytes += chunk.length;
    }
}
