package io.godwit.consumer.apply;

import io.godwit.payload.PayloadCodec;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.Manifest;
import io.godwit.record.Origin;
import io.godwit.record.PageBatch;
import io.godwit.record.PageRuns;
import io.godwit.record.StreamRecord;
import io.godwit.topic.Lanes;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Pages in full, from the records that stream records were made from. One thread; close it. */
final class OriginalPages implements AutoCloseable {
    private final OriginalRecords records;
    private final Manifest manifest;
    private final Lanes lanes;
    private final BatchPayload payloads;

    private StreamRecord record;
    private Origin origin;
    /** Null before the first page of a record. */
    private PageBatch batch;

    private ByteBuffer payload;

    OriginalPages(OriginalRecords records, Manifest manifest, Lanes lanes, PayloadCodec codec) {
        this.records = records;
        this.manifest = manifest;
        this.lanes = lanes;
        this.payloads = new BatchPayload(codec);
    }

    /**
     * From now on, pages of {@code newRecord} are asked for, if any.
     *
     * @param newOrigin null where the record does not tell it
     */
    void begin(StreamRecord newRecord, Origin newOrigin) {
        record = newRecord;
        origin = newOrigin;
        batch = null;
    }

    /**
     * Copies page {@code index} of the batch that the record was made from.
     *
     * @throws LostRecordException if that batch cannot be had, or does not hold the page
     */
    void read(long index, byte[] output, int outputOffset) throws LostRecordException {
        if (batch == null) {
            open();
        }
        PageRuns runs = batch.runs();
        int offset = payload.position();
        for (int run = 0; run < runs.size(); run++) {
            if (index >= runs.index(run) && index < runs.index(run) + runs.count(run)) {
                copy(run, offset, index, output, outputOffset);
                return;
            }
            offset += runs.length(run);
        }
        throw new LostRecordException("the ingress record at " + origin + " does not hold it");
    }

    @Override
    public void close() {
        records.close();
    }

    private void open() throws LostRecordException {
        if (origin == null) {
            throw new LostRecordException("the stream does not tell which ingress record it was in");
        }
        PageBatch original = records.batchOf(record, origin);
        try {
            original.check(manifest, lanes, record.lane());
            payload = payloads.of(original);
        } catch (MalformedRecordException e) {
            throw new LostRecordException("the ingress record at " + origin + " is damaged: " + e.getMessage(), e);
        }
        batch = original;
    }

    private void copy(int run, int offset, long index, byte[] output, int outputOffset) throws LostRecordException {
        int pageSize = manifest.pageSize();
        int from = payload.arrayOffset() + offset;
        switch (batch.runs().encoding(run)) {
            case NORMAL -> {
                // The run's length was checked, and bounds the place in it.
                int page = (int) (index - batch.runs().index(run));
                System.arraycopy(payload.array(), from + page * pageSize, output, outputOffset, pageSize);
            }
            case FILL -> Arrays.fill(output, outputOffset, outputOffset + pageSize, payload.array()[from]);
            case ZERO -> Arrays.fill(output, outputOffset, outputOffset + pageSize, (byte) 0);
            case XBZRLE, HASH ->
                throw new LostRecordException("the ingress record at " + origin + " holds it as "
                        + batch.runs().encoding(run) + ", which no source sends");
        }
    }
}
