package io.godwit.consumer.apply;

/** What one thread rebuilds pages with, made when the target is known. One thread; close it. */
public final class Appliers implements AutoCloseable {
    private final OriginalRecords records;
    private BatchApplier applier;

    /** @param records for pages of checkpoints that are not here; closed with this */
    public Appliers(OriginalRecords records) {
        this.records = records;
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
