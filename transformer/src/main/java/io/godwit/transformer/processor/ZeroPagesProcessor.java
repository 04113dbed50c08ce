package io.godwit.transformer.processor;

import io.godwit.payload.PayloadCodec;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.PageBatch;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.transformer.gate.StreamGate.Refusal;
import io.godwit.transformer.store.LanePages;
import io.godwit.transformer.store.PageCacheStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * First of the three: reads each record, sees to the gate and to the lane's order, and takes pages of equal bytes out of
 * {@code NORMAL} runs.
 */
public final class ZeroPagesProcessor implements Processor<String, byte[], String, Object> {
    private final TaskServices services;
    private final StreamRecordDecoder decoder;
    private final LaneUpdate update = new LaneUpdate();
    /** Lanes that were met from their attempt's start on. */
    private final Map<LaneKey, LaneTally> tallies = new HashMap<>();

    private ProcessorContext<String, Object> context;
    private PageCacheStore cache;
    private TaskGate gate;
    private Refusals refusals;
    private LaneReports reports;
    private PayloadCodec codec;

    public ZeroPagesProcessor(TaskServices services) {
        this.services = services;
        decoder = new StreamRecordDecoder(services.format());
    }

    @Override
    public void init(ProcessorContext<String, Object> newContext) {
        context = newContext;
        cache = newContext.getStateStore(Nodes.PAGE_CACHE);
        gate = new TaskGate(services.gate());
        refusals = new Refusals(newContext, services);
        reports = new LaneReports(newContext, services);
        codec = new PayloadCodec();
        // A task that is revived meets records again that it has counted.
        tallies.clear();
    }

    @Override
    public void close() {
        if (codec != null) {
            codec.close();
            codec = null;
        }
    }

    @Override
    public void process(Record<String, byte[]> record) {
        services.counters().records.increment();
        services.counters().bytesIn.add(Refusals.lengthOf(record.value()));
        Optional<LaneKey> key = LaneKey.tryParse(record.key());
        if (key.isEmpty()) {
            refusals.refuse(record, "the record's key is not migration/lane");
            return;
        }
        LaneKey lane = key.get();
        StreamRecord arrived = null;
        try {
            arrived = read(lane, record.value());
            if (!isAdmitted(record, lane, arrived)) {
                drop(lane);
                return;
            }
            LanePages pages = cache.lane(lane.migration(), lane.lane());
            update.begin(lane, record.value(), arrived, pages, LaneOrder.advance(pages, arrived));
            refine(arrived);
        } catch (MalformedRecordException e) {
            if (!gate.isOpen(lane)) {
                drop(lane);
                return;
            }
            refuse(record, lane, arrived, e.getMessage());
        }
        forward(record);
    }

    private StreamRecord read(LaneKey lane, byte[] value) throws MalformedRecordException {
        if (value == null) {
            throw new MalformedRecordException("record has no value");
        }
        StreamRecord record = decoder.decode(value);
        if (!record.migration().equals(lane.migration()) || record.lane() != lane.lane()) {
            throw new MalformedRecordException("record of " + record.place() + " has the key of migration "
                    + lane.migration() + ", lane " + lane.lane());
        }
        return record;
    }

    /** Whether the record's stream can be written, as far as is known; reports where it cannot. */
    private boolean isAdmitted(Record<String, byte[]> record, LaneKey lane, StreamRecord arrived) {
        boolean open = gate.isOpen(lane);
        boolean outdated = open
                && arrived.attempt() < cache.lane(lane.migration(), lane.lane()).attempt();
        if (arrived.body() instanceof StreamStart start && !outdated) {
            if (!open) {
                // Records were lost since the lane was closed: none of its pages may be a base.
                cache.drop(lane.migration(), lane.lane());
            }
            Optional<Refusal> refusal = gate.admit(lane, start);
            refusal.ifPresent(why -> report(record, lane, arrived, why));
            return refusal.isEmpty();
        }
        if (!open) {
            gate.takeReport(lane).ifPresent(reason -> refusals.reportClosed(record, lane, reason));
        }
        return open;
    }

    private void report(Record<String, byte[]> record, LaneKey lane, StreamRecord arrived, Refusal refusal) {
        refusals.reportClosed(record, lane, refusal.reason());
        if (refusal.isForbidden()) {
            reports.failed(record, arrived, refusal.reason());
        }
    }

    private void drop(LaneKey lane) {
        services.counters().droppedRecords.increment();
        cache.drop(lane.migration(), lane.lane());
    }

    private void refine(StreamRecord arrived) throws MalformedRecordException {
        if (!(arrived.body() instanceof PageBatch batch) || !update.isPassedOver()) {
            return;
        }
        BatchWork.checkPlaces(batch);
        if (update.standing() == Standing.NEXT && BatchWork.isRefinable(batch)) {
            update.work().open(batch, codec);
            update.refine();
            ZeroPages.refine(update.work());
        }
    }

    /** Puts a failure in the place of a record that cannot be read. */
    private void refuse(Record<String, byte[]> record, LaneKey lane, StreamRecord arrived, String reason) {
        LanePages pages = cache.lane(lane.migration(), lane.lane());
        LaneOrder.interrupt(pages);
        StreamRecord place = arrived != null ? arrived : nextPlace(lane, pages);
        StreamRecord failure = refusals.refuse(record, Refusals.lengthOf(record.value()), place, reason);
        update.replace(lane, StreamRecordEncoder.encode(failure, services.format()));
    }

    /** Where a record that does not say its place would stand if it were the lane's next. */
    private static StreamRecord nextPlace(LaneKey lane, LanePages pages) {
        // The body is replaced by the failure; any will do.
        return new StreamRecord(
                lane.migration(), Math.max(1, pages.attempt()), lane.lane(), pages.lastSequence() + 1, new RoundEnd(1));
    }

    private void forward(Record<String, byte[]> record) {
        context.forward(record.withValue(update), Nodes.XBZRLE);
        LaneKey lane = update.lane();
        if (!update.touchesLane() || !gate.isOpen(lane)) {
            tallies.remove(lane);
            return;
        }
        StreamRecord sent = update.record();
        LaneTally tally = tally(lane, sent);
        if (sent.body() instanceof StreamStart) {
            reports.atRound(record, sent, 0);
        } else if (sent.body() instanceof RoundEnd end) {
            reports.atRound(record, sent, end.round());
        } else if (sent.body() instanceof EndOfStream) {
            reports.ended(record, sent, tally == null ? null : tally.totals());
            tallies.remove(lane);
            cache.drop(lane.migration(), lane.lane());
        }
    }

    /** Counts the record; returns null for a lane whose records in this attempt were not all met once. */
    private LaneTally tally(LaneKey lane, StreamRecord sent) {
        if (update.standing() != Standing.NEXT) {
            tallies.remove(lane);
        } else if (sent.body() instanceof StreamStart) {
            tallies.put(lane, new LaneTally());
        }
        LaneTally tally = tallies.get(lane);
        if (tally != null) {
            tally.add(update);
        }
        return tally;
    }
}
