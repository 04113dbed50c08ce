package io.godwit.consumer.apply;

import io.godwit.record.Origin;
import io.godwit.record.PageBatch;
import io.godwit.record.StreamRecord;

/** The records that stream records were made from, with every page in full. One thread; close it. */
public interface OriginalRecords extends AutoCloseable {
    /**
     * Reads the batch that {@code record} was made from.
     *
     * @param origin where it lies
     * @return valid until the next call
     * @throws LostRecordException if it is gone, or what lies there is another record
     */
    PageBatch batchOf(StreamRecord record, Origin origin) throws LostRecordException;

    @Override
    void close();
}
