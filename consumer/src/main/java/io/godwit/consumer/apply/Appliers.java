package io.godwit.consumer.apply;

import io.godwit.record.StreamRecordDecoder;

/** What one thread reads records and rebuilds pages with, made when the target is known. One thread; close it. */
public final class Appliers implements AutoCloseable {
    private final OriginalRecords records;
    private final StreamRecordDecoder decoder;
    private BatchApplier applier;

    /**
     * @param records for pages of checkpoints that are not here; closed with this
     * @param decoder of the stream's records
     */
    public Appliers(OriginalRecords records, StreamRecordDecoder decoder) {
        this.records = records;
        this.decoder = decoder;
    }

    StreamRecordDecoder decoder() {
        return decoder;
    }

    BatchApplier of(Target target) {
        if (applier == null) {
            applier = new BatchApplier(target.open(), target.counters(), records);
        }
        return applier;
    }

    @Override
    public void close() {
        if (applier != null) {
            applier.close();
        } else {
            records.close();
        }
    }
}
