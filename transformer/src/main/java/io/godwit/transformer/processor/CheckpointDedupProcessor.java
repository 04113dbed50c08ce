package io.godwit.transformer.processor;

import io.godwit.payload.PayloadCodec;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.Origin;
import io.godwit.topic.Topics;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** Last of the three: sends the SHA-256 of a page that a checkpoint holds, where the migration names any, and writes the record. */
public final class CheckpointDedupProcessor implements Processor<String, LaneUpdate, String, Object> {
    private final TaskServices services;
    private ProcessorContext<String, Object> context;
    private CheckpointPages checkpoints;
    private Refusals refusals;
    private PayloadCodec codec;
    private BatchEncoder encoder;
    private TaskMetrics metrics;

    public CheckpointDedupProcessor(TaskServices services) {
        this.services = services;
    }

    @Override
    public void init(ProcessorContext<String, Object> newContext) {
        context = newContext;
        checkpoints = new CheckpointPages(newContext.getStateStore(Nodes.CHECKPOINT_INDEX));
        refusals = new Refusals(newContext, services);
        codec = new PayloadCodec();
        encoder = new BatchEncoder(services.compression(), services.format(), codec);
        metrics = new TaskMetrics(newContext.metrics(), newContext.taskId(), services.counters());
    }

    @Override
    public void close() {
        if (codec != null) {
            metrics.close();
            codec.close();
            codec = null;
        }
    }

    @Override
    public void process(Record<String, LaneUpdate> record) {
        LaneUpdate update = record.value();
        refine(record);
        byte[] value = encoder.encode(update);
        String key = Topics.laneKey(update.lane().migration(), update.lane().lane());
        context.forward(
                new Record<>(
                        key,
                        value,
                        record.timestamp(),
                        origin(context.recordMetadata().orElseThrow())),
                Nodes.STREAM);
        update.written(value.length);
        metrics.record(update, value.length);
    }

    private void refine(Record<String, LaneUpdate> record) {
        LaneUpdate update = record.value();
        if (update.isRefined()) {
            try {
                checkpoints.refine(update.work(), update.pages().checkpoints());
            } catch (MalformedRecordException e) {
                refusals.refuse(record, e);
            }
        }
    }

    private static Headers origin(RecordMetadata ingress) {
        byte[] origin = new Origin(ingress.partition(), ingress.offset()).encode();
        return new RecordHeaders().add(Topics.ORIGIN_HEADER, origin);
    }
}
