package io.godwit.transformer.processor;

import io.godwit.record.MalformedRecordException;
import io.godwit.record.PageBatch;
import io.godwit.transformer.store.PageCacheStore;
import java.time.Duration;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** Second of the three: sends what changed of a page that the cache holds, and keeps the cache. */
public final class XbzrleProcessor implements Processor<String, LaneUpdate, String, Object> {
    private static final Duration MAINTENANCE_INTERVAL = Duration.ofSeconds(1);

    private final TaskServices services;
    private final XbzrlePages encoder = new XbzrlePages();
    private ProcessorContext<String, Object> context;
    private Refusals refusals;

    public XbzrleProcessor(TaskServices services) {
        this.services = services;
    }

    @Override
    public void init(ProcessorContext<String, Object> newContext) {
        context = newContext;
        refusals = new Refusals(newContext, services);
        PageCacheStore cache = newContext.getStateStore(Nodes.PAGE_CACHE);
        newContext.schedule(MAINTENANCE_INTERVAL, PunctuationType.WALL_CLOCK_TIME, timestamp -> cache.maintain());
    }

    @Override
    public void process(Record<String, LaneUpdate> record) {
        LaneUpdate update = record.value();
        if (update.isRefined()) {
            try {
                encoder.refine(update.work(), update.pages());
            } catch (MalformedRecordException e) {
                refusals.refuse(record, e);
            }
        } else if (update.isPassedOver()) {
            XbzrlePages.forget(update.pages(), (PageBatch) update.record().body());
        }
        context.forward(record, Nodes.CHECKPOINT_DEDUP);
    }
}
