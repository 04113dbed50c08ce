package io.godwit.producer.publish;

import java.util.concurrent.atomic.LongAdder;

/** What a pipeline has sent so far. Any thread may call it. */
public final class SendCounters {
    private final LongAdder normalPages = new LongAdder();
    private final LongAdder zeroPages = new LongAdder();
    private final LongAdder payloadBytes = new LongAdder();
    private final LongAdder wireBytes = new LongAdder();
    private final LongAdder records = new LongAdder();

    SendCounters() {}

    void addBatch(long normal, long zero, long bytes) {
        normalPages.add(normal);
        zeroPages.add(zero);
        payloadBytes.add(bytes);
    }

    void addRecord(long bytes) {
        records.increment();
        wireBytes.add(bytes);
    }

    /** Pages sent with their bytes, once for every time they were sent. */
    public long normalPages() {
        return normalPages.sum();
    }

    /** Pages sent as zero pages. */
    public long zeroPages() {
        return zeroPages.sum();
    }

    /** Pages sent, however. */
    public long pages() {
        return normalPages() + zeroPages();
    }

    /** Bytes of the pages' encodings, before compression. */
    public long payloadBytes() {
        return payloadBytes.sum();
    }

    /** Bytes of keys and values of all records. */
    public long wireBytes() {
        return wireBytes.sum();
    }

    /** Records sent. */
    public long records() {
        return records.sum();
    }
}
