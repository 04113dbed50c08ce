package io.godwit.transformer.memory;

import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;

/**
 * A store that is neither persistent nor logged: it is empty whenever it is (re)opened. Streams opens the same object again after
 * it closed it, when it revives a task.
 */
public abstract class MemoryStore implements StateStore {
    private final String name;
    private boolean open;

    /** @param name the store's name, a legal topic name */
    protected MemoryStore(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    /** Begins empty, whatever it held. */
    protected abstract void open(StateStoreContext context);

    /** Lets go of all it holds. Also called if it was not opened. */
    protected abstract void release();

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final void init(StateStoreContext context, StateStore root) {
        open(context);
        open = true;
        context.register(root, (key, value) -> {
            throw new IllegalStateException("store " + name + " has no changelog to restore from");
        });
    }

    @Override
    public final void close() {
        release();
        open = false;
    }

    @Override
    public final boolean isOpen() {
        return open;
    }

    @Override
    public final boolean persistent() {
        return false;
    }

    /** True, so that Streams does not wrap the store to keep offsets for it; it is deprecated from birth, as a passage only. */
    @Override
    @SuppressWarnings("deprecation")
    public final boolean managesOffsets() {
        return true;
    }

    /** Nothing to do: what is not kept needs no commit. */
    @Override
    public final void commit(Map<TopicPartition, Long> changelogOffsets) {}

    @Override
    public final Position getPosition() {
        return Position.emptyPosition();
    }
}
