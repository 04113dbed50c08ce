package io.godwit.consumer.apply;

/** What one thread rebuilds pages with, made when the target is known. One thread; close it. */
public final class Appliers implements AutoCloseable {
    private BatchApplier applier;

    BatchApplier of(Target target) {
        if (applier == null) {
            applier = new BatchApplier(target.open(), target.counters());
        }
        return applier;
    }

    @Override
    public void close() {
        if (applier != null) {
            applier.close();
        }
    }
}
