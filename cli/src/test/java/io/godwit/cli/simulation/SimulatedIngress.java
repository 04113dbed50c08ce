package io.godwit.cli.simulation;

import io.godwit.consumer.apply.LostRecordException;
import io.godwit.consumer.apply.OriginalRecords;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.Origin;
import io.godwit.record.PageBatch;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordDecoder;

/** The ingress as a target reads it a second time: all of it is retained. */
final class SimulatedIngress implements OriginalRecords {
    private final StreamRecordDecoder decoder = new StreamRecordDecoder();
    private final Log ingress;

    SimulatedIngress(Log ingress) {
        this.ingress = ingress;
    }

    @Override
    public PageBatch batchOf(StreamRecord record, Origin origin) throws LostRecordException {
        try {
            StreamRecord original = decoder.decode(
                    ingress.get(origin.partition(), origin.offset()).value());
            if (!original.withBody(record.body()).equals(record)) {
                throw new AssertionError(origin + " holds " + original.place() + ", not " + record.place());
            }
            return (PageBatch) original.body();
        } catch (MalformedRecordException e) {
            throw new LostRecordException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {}
}
