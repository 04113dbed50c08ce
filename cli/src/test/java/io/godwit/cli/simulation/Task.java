package io.godwit.cli.simulation;

import io.godwit.payload.PayloadCompression;
import io.godwit.record.WireFormat;
import io.godwit.topic.Topics;
import io.godwit.transformer.checkpoint.CheckpointIndexStore;
import io.godwit.transformer.checkpoint.CheckpointIndexStoreBuilder;
import io.godwit.transformer.gate.StreamGate;
import io.godwit.transformer.gate.StreamTopics;
import io.godwit.transformer.processor.CheckpointDedupProcessor;
import io.godwit.transformer.processor.Nodes;
import io.godwit.transformer.processor.TaskServices;
import io.godwit.transformer.processor.TransformerCounters;
import io.godwit.transformer.processor.XbzrleProcessor;
import io.godwit.transformer.processor.ZeroPagesProcessor;
import io.godwit.transformer.store.LanePages;
import io.godwit.transformer.store.PageCacheBudget;
import io.godwit.transformer.store.PageCacheStore;
import io.godwit.transformer.store.PageCacheStoreBuilder;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * The transformer's task of one ingress partition, as one process has it: the real processors and page cache, wired as the
 * topology wires them, and a producer whose records may not be stored yet.
 */
final class Task implements AutoCloseable {
    /** A record on its way to the stream. */
    record Output(int lane, Log.Entry entry) {}

    private static final StreamTopics TOPICS = new StreamTopics() {
        @Override
        public Optional<String> idOf(String topic) {
            return Optional.of(Guest.STREAM);
        }

        @Override
        public Optional<String> awaitId(String topic, String id) {
            return idOf(topic);
        }
    };

    private static final long INDEX_BYTES = 1 << 20;

    private final Log ingress;
    private final int partition;
    private final PageCacheBudget budget;
    private final PageCacheStore store;
    private final CheckpointIndexStore index =
            new CheckpointIndexStoreBuilder(Nodes.CHECKPOINT_INDEX, INDEX_BYTES).build();

    private final ZeroPagesProcessor zeroPages;
    private final XbzrleProcessor xbzrle;
    private final CheckpointDedupProcessor dedup;
    private final Deque<Output> unflushed = new ArrayDeque<>();
    private final List<Output> outputs = new ArrayList<>();

    private long position;

    Task(Log ingress, int partition, long committed, long budgetBytes) {
        this.ingress = ingress;
        this.partition = partition;
        position = committed;
        budget = new PageCacheBudget(budgetBytes);
        store = new PageCacheStoreBuilder(Nodes.PAGE_CACHE, budget).build();
        TaskServices services = new TaskServices(
                new StreamGate(TOPICS),
                new TransformerCounters(),
                PayloadCompression.ZSTD,
                WireFormat.SINGLE_OBJECT,
                "task",
                Clock.systemUTC());
        zeroPages = new ZeroPagesProcessor(services);
        xbzrle = new XbzrleProcessor(services);
        dedup = new CheckpointDedupProcessor(services);
        open(dedup, (record, child) -> output(record));
        open(xbzrle, (record, child) -> {
            if (child.equals(Nodes.CHECKPOINT_DEDUP)) {
                dedup.process(cast(record));
            }
        });
        open(zeroPages, (record, child) -> {
            if (child.equals(Nodes.XBZRLE)) {
                xbzrle.process(cast(record));
            }
        });
    }

    int partition() {
        return partition;
    }

    /** The offset of the record to process next. */
    long position() {
        return position;
    }

    boolean hasInput() {
        return position < ingress.end(partition);
    }

    /** Processes a record. @return what came of it for streams */
    List<Output> step() {
        Log.Entry entry = ingress.get(partition, position);
        outputs.clear();
        zeroPages.process(new Record<>(entry.key(), entry.value(), 0));
        unflushed.addAll(outputs);
        position++;
        return List.copyOf(outputs);
    }

    boolean hasOutput() {
        return !unflushed.isEmpty();
    }

    /** The oldest record that is not stored yet, which is stored with this. */
    Output flush() {
        return unflushed.remove();
    }

    /** The record that {@link #flush} would store. */
    Output peek() {
        return unflushed.element();
    }

    LanePages lane(int lane) {
        return store.lane(Guest.MIGRATION, lane);
    }

    /** Makes the page cache smaller or larger while it is used. */
    void resize(long bytes) {
        budget.resize(bytes);
        store.maintain();
    }

    /** Takes the checkpoint into the index. */
    void index(SimulatedCheckpoint checkpoint) {
        index.put(checkpoint.chunk());
    }

    /** Drops the checkpoint from the index. */
    void dropCheckpoint() {
        index.remove(SimulatedCheckpoint.ID, 0);
    }

    @Override
    public void close() {
        zeroPages.close();
        dedup.close();
        store.close();
    }

    private void output(Record<?, ?> record) {
        String key = (String) record.key();
        ByteBuffer origin = ByteBuffer.wrap(
                record.headers().lastHeader(Topics.ORIGIN_HEADER).value());
        if (origin.getInt() != partition) {
            throw new AssertionError("one in, one out: the origin names another partition than " + partition);
        }
        int lane = Integer.parseInt(key.substring(key.lastIndexOf('/') + 1));
        outputs.add(new Output(lane, new Log.Entry(key, (byte[]) record.value(), origin.getLong())));
    }

    private <K, V> void open(Processor<?, ?, K, V> processor, Child next) {
        Context<K, V> context = new Context<>(next);
        context.addStateStore(store);
        context.addStateStore(index);
        if (processor == dedup) {
            store.init(context.getStateStoreContext(), store);
        }
        processor.init(context);
    }

    @SuppressWarnings("unchecked") // the processors agree on what passes between them
    private static <K, V> Record<K, V> cast(Record<?, ?> record) {
        return (Record<K, V>) record;
    }

    /** What takes what a processor forwards. */
    private interface Child {
        void take(Record<?, ?> record, String name);
    }

    /** Hands on at once, as Streams does. */
    private final class Context<K, V> extends MockProcessorContext<K, V> {
        private final Child next;

        Context(Child next) {
            this.next = next;
        }

        @Override
        public <K1 extends K, V1 extends V> void forward(Record<K1, V1> record, String childName) {
            next.take(record, childName);
        }

        @Override
        public Optional<org.apache.kafka.streams.processor.api.RecordMetadata> recordMetadata() {
            setRecordMetadata(Topics.PAGES, partition, position);
            return super.recordMetadata();
        }
    }
}
