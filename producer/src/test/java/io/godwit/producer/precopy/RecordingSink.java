package io.godwit.producer.precopy;

import io.godwit.record.Manifest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Takes pages at a given pace of a clock of its own, and keeps the copy that a target would have. */
final class RecordingSink implements PageSink {
    /** What the test does between two pages. */
    @FunctionalInterface
    interface Between {
        void page(int round, int block, int index);
    }

    final List<byte[]> copy = new ArrayList<>();
    /** The pages of every round, as {@code block:index}. */
    final List<List<String>> rounds = new ArrayList<>(List.of(new ArrayList<>()));

    long nanos;
    long nanosPerPage = 1000;
    /** What {@link #awaitCarried} takes. */
    long nanosToStore;

    Between between = (round, block, index) -> {};
    int closeAtRound = Integer.MAX_VALUE;

    private final int pageSize;

    RecordingSink(Manifest manifest) {
        pageSize = manifest.pageSize();
        manifest.blocks().forEach(block -> copy.add(new byte[(int) block.length()]));
    }

    int round() {
        return rounds.size();
    }

    @Override
    public boolean page(int block, int index, ByteBuffer memory, int position) throws SinkClosedException {
        checkOpen();
        memory.get(position, copy.get(block), index * pageSize, pageSize);
        rounds.get(round() - 1).add(block + ":" + index);
        nanos += nanosPerPage;
        between.page(round(), block, index);
        return copy.get(block)[index * pageSize] != 0;
    }

    @Override
    public void zeroPages(int block, int first, int count) {
        throw new AssertionError("precopy leaves zero pages to the sink");
    }

    @Override
    public void endRound() {
        rounds.add(new ArrayList<>());
    }

    @Override
    public void checkOpen() throws SinkClosedException {
        if (round() >= closeAtRound) {
            throw new SinkClosedException("closed by the test");
        }
    }

    @Override
    public void awaitCarried(int round) {}

    @Override
    public void awaitCarried() {
        nanos += nanosToStore;
    }

    @Override
    public void deviceState(byte[] chunk, boolean last) {
        throw new AssertionError("there is none");
    }

    /** The rounds that were ended. */
    List<List<String>> ended() {
        return rounds.subList(0, rounds.size() - 1);
    }
}
