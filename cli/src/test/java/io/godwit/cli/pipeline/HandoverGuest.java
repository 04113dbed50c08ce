package io.godwit.cli.pipeline;

import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.PrecopyListener;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.producer.source.MemorySource;
import io.godwit.record.Manifest;
import java.io.IOException;

/** A guest with a hypervisor that remembers whether it has let go. */
final class HandoverGuest implements MemorySource {
    private final ScriptedGuest memory;
    private volatile Fate fate = Fate.RUNNING;
    private volatile boolean dies;

    HandoverGuest(TestMemory memory) {
        this.memory = new ScriptedGuest(memory).round(() -> {});
    }

    @Override
    public String kind() {
        return memory.kind();
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
        fate = Fate.UNDECIDED;
        memory.migrate(sink, settings, listener);
    }

    /** Has its sender die in the middle of the release: nothing that it does afterwards has an effect. */
    void dieOnRelease() {
        dies = true;
    }

    /** What the hypervisor makes of it once its sender is dead. */
    void become(Fate newFate) {
        fate = newFate;
        dies = false;
    }

    @Override
    public void resume() {
        if (fate != Fate.RELEASED && !dies) {
            fate = Fate.RUNNING;
        }
    }

    @Override
    public void release() throws IOException {
        if (dies) {
            throw new IOException("the socket broke");
        }
        fate = Fate.RELEASED;
    }

    @Override
    public Fate fate() {
        return fate;
    }

    @Override
    public void close() throws IOException {
        memory.close();
    }
}
