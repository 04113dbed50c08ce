package io.godwit.transformer.processor;

import io.godwit.record.CheckpointChunk;
import io.godwit.record.MalformedRecordException;
import io.godwit.registry.RegistryException;
import io.godwit.topic.Topics;
import io.godwit.transformer.checkpoint.CheckpointIndexStore;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds the index of checkpoints from their topic. Keeps nothing itself: Kafka Streams uses one instance until all of the topic
 * is read, and another one afterwards.
 *
 * <p>What cannot be read is passed over: failing would end the process. Where the key can be read its chunk counts as gone, as
 * it is once the topic was compacted.
 */
public final class CheckpointIndexProcessor implements Processor<String, byte[], Void, Void> {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointIndexProcessor.class);

    private final TaskServices services;
    private CheckpointIndexStore index;

    public CheckpointIndexProcessor(TaskServices services) {
        this.services = services;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        index = context.getStateStore(Nodes.CHECKPOINT_INDEX);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        ChunkKey key = ChunkKey.tryParse(record.key()).orElse(null);
        if (key == null) {
            LOG.warn("a record of {} was passed over: its key is not that of a chunk", Topics.CHECKPOINTS);
            return;
        }
        if (record.value() == null) {
            index.remove(key.checkpoint(), key.chunk());
            return;
        }
        try {
            put(key, CheckpointChunk.decode(record.value(), services.format()));
        } catch (MalformedRecordException | IllegalArgumentException | RegistryException e) {
            index.remove(key.checkpoint(), key.chunk());
            LOG.warn(
                    "chunk {} of checkpoint {} cannot be read, the checkpoint is not used: {}; add it again",
                    key.chunk(),
                    key.checkpoint(),
                    e.getMessage());
        }
    }

    private void put(ChunkKey key, CheckpointChunk chunk) throws MalformedRecordException {
        if (chunk.chunk() != key.chunk() || !chunk.checkpoint().equals(key.checkpoint())) {
            throw new MalformedRecordException(
                    "it says it is chunk " + chunk.chunk() + " of checkpoint " + chunk.checkpoint());
        }
        index.put(chunk);
    }
}
