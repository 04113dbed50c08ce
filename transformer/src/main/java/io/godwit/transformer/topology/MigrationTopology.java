package io.godwit.transformer.topology;

import io.godwit.topic.Topics;
import io.godwit.transformer.checkpoint.CheckpointIndexStoreBuilder;
import io.godwit.transformer.processor.CheckpointDedupProcessor;
import io.godwit.transformer.processor.CheckpointIndexProcessor;
import io.godwit.transformer.processor.Nodes;
import io.godwit.transformer.processor.TaskServices;
import io.godwit.transformer.processor.XbzrleProcessor;
import io.godwit.transformer.processor.ZeroPagesProcessor;
import io.godwit.transformer.store.PageCacheBudget;
import io.godwit.transformer.store.PageCacheStoreBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;

/**
 * The topology.
 *
 * <pre>
 *   godwit.pages ──▶ zero-pages ──▶ xbzrle ──▶ checkpoint-dedup ──▶ godwit.stream.&lt;migration&gt;, partition = lane
 *                        │  └── page-cache ──┘               │
 *                        ├── (all three) ──▶ godwit.dead-letters
 *                        ├── (all three) ──▶ godwit.migrations
 *                                                            │
 *   godwit.checkpoints ──▶ checkpoint-chunks ──▶ checkpoint-index, global: read whole before any record is taken
 * </pre>
 *
 * <p>Values are byte arrays from end to end of Kafka's view, so no deserializer can fail: what cannot be read is found by
 * {@code zero-pages}, which knows what to do about it.
 */
public final class MigrationTopology {
    private MigrationTopology() {}

    /**
     * Builds the topology of one process.
     *
     * @param checkpointIndexBytes most heap of the index of checkpoints
     */
    public static Topology build(TaskServices services, PageCacheBudget budget, long checkpointIndexBytes) {
        Topology topology = new Topology();
        topology.addSource(
                AutoOffsetReset.earliest(),
                Nodes.PAGES,
                MigrationTopology::timestampOf,
                new StringDeserializer(),
                new ByteArrayDeserializer(),
                Topics.PAGES);
        ProcessorSupplier<String, byte[], String, Object> zeroPages = () -> new ZeroPagesProcessor(services);
        topology.addProcessor(Nodes.ZERO_PAGES, zeroPages, Nodes.PAGES);
        topology.addProcessor(Nodes.XBZRLE, () -> new XbzrleProcessor(services), Nodes.ZERO_PAGES);
        topology.addProcessor(Nodes.CHECKPOINT_DEDUP, () -> new CheckpointDedupProcessor(services), Nodes.XBZRLE);
        topology.addStateStore(new PageCacheStoreBuilder(Nodes.PAGE_CACHE, budget), Nodes.ZERO_PAGES, Nodes.XBZRLE);
        topology.addSink(
                Nodes.STREAM,
                new StreamTopicExtractor(),
                new StringSerializer(),
                new ByteArraySerializer(),
                new LanePartitioner(),
                Nodes.CHECKPOINT_DEDUP);
        topology.addGlobalStore(
                new CheckpointIndexStoreBuilder(Nodes.CHECKPOINT_INDEX, checkpointIndexBytes),
                Nodes.CHECKPOINTS,
                MigrationTopology::timestampOf,
                new StringDeserializer(),
                new ByteArrayDeserializer(),
                Topics.CHECKPOINTS,
                Nodes.CHECKPOINT_CHUNKS,
                () -> new CheckpointIndexProcessor(services));
        addSharedSink(topology, Nodes.DEAD_LETTERS, Topics.DEAD_LETTERS);
        addSharedSink(topology, Nodes.MIGRATIONS, Topics.MIGRATIONS);
        return topology;
    }

    private static void addSharedSink(Topology topology, String name, String topic) {
        topology.addSink(
                name,
                topic,
                new StringSerializer(),
                new ByteArraySerializer(),
                Nodes.ZERO_PAGES,
                Nodes.XBZRLE,
                Nodes.CHECKPOINT_DEDUP);
    }

    /** The record's own time; a time before the epoch, which Streams would die of, counts as the epoch. */
    private static long timestampOf(ConsumerRecord<Object, Object> record, long partitionTime) {
        return Math.max(0, record.timestamp());
    }
}
