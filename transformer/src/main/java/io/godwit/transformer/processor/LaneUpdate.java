package io.godwit.transformer.processor;

import io.godwit.record.PageBatch;
import io.godwit.record.StreamRecord;
import io.godwit.transformer.store.LanePages;

/**
 * One ingress record on its way through the processors. One a task, reused from record to record: nobody may keep it after
 * {@code process} has returned.
 */
public final class LaneUpdate {
    private final BatchWork work = new BatchWork();
    private LaneKey lane;
    private byte[] value;
    private StreamRecord record;
    private LanePages pages;
    private Standing standing;
    private boolean refined;
    private int writtenBytes;

    LaneUpdate() {}

    /** Begins with a record that was read. */
    void begin(LaneKey newLane, byte[] newValue, StreamRecord newRecord, LanePages newPages, Standing newStanding) {
        lane = newLane;
        value = newValue;
        record = newRecord;
        pages = newPages;
        standing = newStanding;
        refined = false;
    }

    /** The record was put on the stream. */
    void written(int bytes) {
        writtenBytes = bytes;
    }

    /** Bytes of the value that was put on the stream. */
    int writtenBytes() {
        return writtenBytes;
    }

    /** Marks the batch as taken in by {@link #work}: from here on it is written anew from there. */
    void refine() {
        refined = true;
    }

    /** Puts other bytes in the record's place: a {@code StreamFailure}. */
    void replace(LaneKey newLane, byte[] newValue) {
        lane = newLane;
        value = newValue;
        record = null;
        pages = null;
        standing = Standing.REFUSED;
        refined = false;
    }

    LaneKey lane() {
        return lane;
    }

    /** The record's bytes as they came. */
    byte[] value() {
        return value;
    }

    StreamRecord record() {
        return record;
    }

    LanePages pages() {
        return pages;
    }

    /** The batch in work; of meaning only if {@link #isRefined}. */
    BatchWork work() {
        return work;
    }

    /** Whether the record is a batch in work; every other goes on as it came. */
    boolean isRefined() {
        return refined;
    }

    /** Whether the record is a batch that goes on as it came, and whose pages must leave the cache. */
    boolean isPassedOver() {
        return !refined && touchesLane() && record.body() instanceof PageBatch;
    }

    Standing standing() {
        return standing;
    }

    /** Whether the record belongs to the attempt that is the lane's newest. */
    boolean touchesLane() {
        return standing == Standing.NEXT || standing == Standing.REPEATED;
    }
}
