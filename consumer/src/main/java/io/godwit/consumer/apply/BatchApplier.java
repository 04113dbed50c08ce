package io.godwit.consumer.apply;

import io.godwit.checkpoint.local.KnownPages;
import io.godwit.codec.MalformedDeltaException;
import io.godwit.codec.Xbzrle;
import io.godwit.codec.ZeroPage;
import io.godwit.consumer.position.PageHashes;
import io.godwit.consumer.sink.OpenTarget;
import io.godwit.consumer.sink.PageSink;
import io.godwit.hash.PageHash;
import io.godwit.payload.PayloadCodec;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.Origin;
import io.godwit.record.PageBatch;
import io.godwit.record.PageRuns;
import io.godwit.record.StreamRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Rebuilds the pages of batches, verifies every run against its checksum, and only then writes it. Allocates nothing a page.
 *
 * <p>After each write it replaces the pages' hashes; whoever dies in between has a page that the same record, applied again,
 * makes right: no page is twice in a batch, and a delta overwrites bytes.
 *
 * <p>One instance a thread; close it.
 */
final class BatchApplier implements AutoCloseable {
    /** Pages of a fill run that are written at a time. */
    private static final int FILL_PAGES = 64;

    private final PageSink sink;
    private final PageHashes hashes;
    private final OpenTarget target;
    private final ApplyCounters counters;
    private final int pageSize;
    private final PayloadCodec codec = new PayloadCodec();
    private final ByteBuffer page;
    private final ByteBuffer fill;
    private final BatchPayload payloads = new BatchPayload(codec);
    private final HashRuns hashRuns;
    private long[] runHashes = new long[PageBatch.DEFAULT_PAGES];

    /** @param records closed with this */
    BatchApplier(OpenTarget target, ApplyCounters counters, OriginalRecords records) {
        this.target = target;
        this.sink = target.sink();
        this.hashes = target.hashes();
        this.counters = counters;
        this.pageSize = target.manifest().pageSize();
        this.page = ByteBuffer.allocate(pageSize);
        this.fill = ByteBuffer.allocate(FILL_PAGES * pageSize);
        this.hashRuns = new HashRuns(target, counters, records, codec);
    }

    /**
     * Applies a batch.
     *
     * @param record that holds it
     * @param origin what the record was made from; null where it does not tell
     * @param known pages of the checkpoints that are here
     * @return what the lane's digest changes by
     * @throws MalformedRecordException if the batch breaks the contract or a run is not what its checksum says; that run and
     *     those after it were not written
     * @throws RefusedStreamException if a page of a checkpoint is nowhere to be had; the same holds for its run
     */
    long apply(StreamRecord record, PageBatch batch, Origin origin, KnownPages known)
            throws MalformedRecordException, RefusedStreamException, IOException {
        batch.check(target.manifest(), target.lanes(), record.lane());
        hashRuns.begin(record, origin, known);
        ByteBuffer bytes = payloads.of(batch);
        PageRuns runs = batch.runs();
        int offset = bytes.position();
        long change = 0;
        for (int run = 0; run < runs.size(); run++) {
            bytes.limit(offset + runs.length(run)).position(offset);
            change += applyRun(batch, run, bytes);
            offset += runs.length(run);
            counters.addRun(runs.encoding(run), runs.count(run), pageSize);
        }
        counters.addUnchanged(batch.unchanged(), pageSize);
        counters.addPayload(runs.payloadBytes());
        return change;
    }

    @Override
    public void close() {
        hashRuns.close();
        codec.close();
    }

    private long applyRun(PageBatch batch, int run, ByteBuffer bytes)
            throws MalformedRecordException, RefusedStreamException, IOException {
        return switch (batch.runs().encoding(run)) {
            case NORMAL -> applyNormal(batch, run, bytes);
            case ZERO -> applyZero(batch, run);
            case FILL -> applyFill(batch, run, bytes.get(bytes.position()));
            case XBZRLE -> applyDelta(batch, run, bytes);
            case HASH -> applyHashes(batch, run, bytes);
        };
    }

    private long applyNormal(PageBatch batch, int run, ByteBuffer bytes) throws MalformedRecordException, IOException {
        PageRuns runs = batch.runs();
        long first = runs.index(run);
        int count = runs.count(run);
        long[] rebuilt = runHashes(count);
        int offset = bytes.arrayOffset() + bytes.position();
        long sum = 0;
        for (int i = 0; i < count; i++) {
            rebuilt[i] = hash(bytes.array(), offset + i * pageSize, batch.block(), first + i);
            sum += rebuilt[i];
        }
        verify(batch, run, sum);
        sink.write(batch.block(), first, bytes);
        return replaceHashes(batch.block(), first, count, rebuilt);
    }

    private long applyZero(PageBatch batch, int run) throws MalformedRecordException, IOException {
        verify(batch, run, PageHash.ZERO);
        int block = batch.block();
        long at = batch.runs().index(run);
        long end = at + batch.runs().count(run);
        long change = 0;
        while (at < end) {
            if (hashes.get(block, at) == PageHash.ZERO) {
                at++;
                continue;
            }
            long from = at;
            while (at < end && hashes.get(block, at) != PageHash.ZERO) {
                at++;
            }
            sink.writeZero(block, from, (int) (at - from));
            change += clearHashes(block, from, at);
        }
        return change;
    }

    private long applyFill(PageBatch batch, int run, byte value) throws MalformedRecordException, IOException {
        if (value == 0) {
            return applyZero(batch, run);
        }
        PageRuns runs = batch.runs();
        long first = runs.index(run);
        int count = runs.count(run);
        Arrays.fill(fill.array(), value);
        long[] rebuilt = runHashes(count);
        long sum = 0;
        for (int i = 0; i < count; i++) {
            rebuilt[i] = PageHash.ofNonZero(fill.array(), 0, pageSize, batch.block(), first + i);
            sum += rebuilt[i];
        }
        verify(batch, run, sum);
        for (int done = 0; done < count; done += FILL_PAGES) {
            fill.position(0).limit(Math.min(FILL_PAGES, count - done) * pageSize);
            sink.write(batch.block(), first + done, fill);
        }
        return replaceHashes(batch.block(), first, count, rebuilt);
    }

    private long applyDelta(PageBatch batch, int run, ByteBuffer bytes) throws MalformedRecordException, IOException {
        int block = batch.block();
        long index = batch.runs().index(run);
        sink.read(block, index, page.array(), 0);
        try {
            int offset = bytes.arrayOffset() + bytes.position();
            Xbzrle.decode(bytes.array(), offset, bytes.remaining(), page.array(), 0, pageSize);
        } catch (MalformedDeltaException e) {
            throw new MalformedRecordException(where(batch, run) + e.getMessage(), e);
        }
        long hash = hash(page.array(), 0, block, index);
        verify(batch, run, hash);
        sink.write(block, index, page.clear());
        return replaceHash(block, index, hash);
    }

    private long applyHashes(PageBatch batch, int run, ByteBuffer bytes)
            throws MalformedRecordException, RefusedStreamException, IOException {
        PageRuns runs = batch.runs();
        int count = runs.count(run);
        if (hashRuns.isPlaced(batch, run)) {
            counters.addPlaced(count);
            return 0;
        }
        if ((long) count * pageSize > PageBatch.MAX_PAYLOAD_BYTES) {
            throw refused(
                    batch,
                    run,
                    "pages of more than " + PageBatch.MAX_PAYLOAD_BYTES + " bytes do not come from one record");
        }
        long[] rebuilt = runHashes(count);
        hashRuns.rebuild(batch, run, bytes.array(), bytes.arrayOffset() + bytes.position(), rebuilt);
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += rebuilt[i];
        }
        verify(batch, run, sum);
        hashRuns.write(batch, run);
        return replaceHashes(batch.block(), runs.index(run), count, rebuilt);
    }

    private long hash(byte[] bytes, int offset, int block, long index) {
        return ZeroPage.isZero(bytes, offset, pageSize)
                ? PageHash.ZERO
                : PageHash.ofNonZero(bytes, offset, pageSize, block, index);
    }

    private long[] runHashes(int count) {
        if (runHashes.length < count) {
            // A run lies in one stripe, and stripes are bounded where a target is created.
            runHashes = new long[Math.max(count, 2 * runHashes.length)];
        }
        return runHashes;
    }

    private long replaceHashes(int block, long first, int count, long[] rebuilt) {
        long change = 0;
        for (int i = 0; i < count; i++) {
            change += replaceHash(block, first + i, rebuilt[i]);
        }
        return change;
    }

    private long clearHashes(int block, long from, long to) {
        long change = 0;
        for (long index = from; index < to; index++) {
            change += replaceHash(block, index, PageHash.ZERO);
        }
        return change;
    }

    private long replaceHash(int block, long index, long hash) {
        long old = hashes.get(block, index);
        hashes.set(block, index, hash);
        return hash - old;
    }

    private void verify(PageBatch batch, int run, long sum) throws MalformedRecordException {
        long expected = batch.runs().checksum(run);
        if (sum != expected) {
            counters.addVerificationFailure();
            throw refused(
                    batch,
                    run,
                    String.format(
                            "the pages' checksum is %016x, the record says %016x: the record or its base is damaged",
                            sum, expected));
        }
    }

    private MalformedRecordException refused(PageBatch batch, int run, String reason) {
        return new MalformedRecordException(where(batch, run) + reason);
    }

    private String where(PageBatch batch, int run) {
        PageRuns runs = batch.runs();
        return "block " + target.manifest().blocks().get(batch.block()).id() + ", page " + runs.index(run) + " (run of "
                + runs.count(run) + ", " + runs.encoding(run) + "): ";
    }
}
