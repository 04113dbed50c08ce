package io.godwit.cli.pipeline;

import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.PrecopyListener;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.producer.source.MemorySource;
import io.godwit.record.Manifest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A guest that writes its memory between rounds, as the test says, and can be stopped at a gate in the middle of one: what was
 * passed until there is stored in Kafka when the gate is reached.
 */
final class ScriptedGuest implements MemorySource {
    /** What happens before a round; the first round has all pages, the others those written. */
    private record Round(Runnable writes, Gate gate) {}

    private final TestMemory memory;
    private final List<Round> rounds = new ArrayList<>();

    ScriptedGuest(TestMemory memory) {
        this.memory = memory;
    }

    /** Sends what {@code writes} has written, or all pages where it is the first round. */
    ScriptedGuest round(Runnable writes) {
        rounds.add(new Round(writes, null));
        return this;
    }

    /** The same, with a stop after half of the round's pages. */
    ScriptedGuest round(Runnable writes, Gate gate) {
        rounds.add(new Round(writes, gate));
        return this;
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
            throws SinkClosedException, InterruptedException {
        for (int round = 0; round < rounds.size(); round++) {
            memory.clean();
            rounds.get(round).writes().run();
            send(sink, round == 0, rounds.get(round).gate());
            sink.endRound();
        }
    }

    @Override
    public void resume() {
        // Writes only when the script says so.
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    private void send(PageSink sink, boolean all, Gate gate) throws SinkClosedException, InterruptedException {
        int pageSize = manifest().pageSize();
        long left = 0;
        for (int block = 0; block < manifest().blocks().size(); block++) {
            left += pages(block, all).cardinality();
        }
        long stop = left / 2;
        for (int block = 0; block < manifest().blocks().size(); block++) {
            ByteBuffer bytes = ByteBuffer.wrap(memory.bytes(block));
            BitSet pages = pages(block, all);
            for (int page = pages.nextSetBit(0); page >= 0; page = pages.nextSetBit(page + 1)) {
                if (gate != null && left == stop) {
                    sink.awaitCarried();
                    gate.pass();
                }
                sink.page(block, page, bytes, page * pageSize);
                left--;
            }
        }
    }

    private BitSet pages(int block, boolean all) {
        if (!all) {
            return memory.dirty(block);
        }
        BitSet pages = new BitSet();
        pages.set(0, manifest().pages(block));
        return pages;
    }
}
