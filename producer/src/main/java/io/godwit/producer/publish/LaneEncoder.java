package io.godwit.producer.publish;

import io.godwit.hash.PageHash;
import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.StreamBody;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.topic.Topics;

/** Makes the records of one lane, in sequence, and keeps the lane's digest. One thread. */
final class LaneEncoder {
    private final PipelineConfig config;
    private final int lane;
    private final int partition;
    private final String key;
    private final PageHashes hashes;
    private final SendCounters counters;

    private long sequence;
    private long digest;

    LaneEncoder(PipelineConfig config, int lane, PageHashes hashes, SendCounters counters) {
        this.config = config;
        this.lane = lane;
        this.hashes = hashes;
        this.counters = counters;
        partition = Topics.pagesPartition(config.migration(), lane, config.pagesPartitions());
        key = Topics.laneKey(config.migration(), lane);
    }

    /**
     * The lane's next record, of a batch, compressed where that saves bytes. Uses nothing of {@code batch} or {@code scratch}
     * any more when it returns.
     *
     * @param scratch room for the compressed payload
     */
    byte[] encode(OpenBatch batch, int round, PayloadCodec codec, byte[] scratch) {
        PageRuns runs = checksummed(batch);
        int length = batch.usedBytes();
        // What is sent again becomes a delta on its way, and is compressed then; until there it is to be quick.
        PayloadCompression compression = round == 1 ? PayloadCompression.ZSTD : PayloadCompression.LZ4;
        int compressed = length == 0 ? 0 : codec.compress(compression, batch.bytes(), 0, length, scratch);
        boolean saves = compressed < length;
        counters.addBatch(runs.pages(PageEncoding.NORMAL), runs.pages(PageEncoding.ZERO), length);
        return encode(new PageBatch(
                round,
                batch.block(),
                runs,
                0,
                0,
                saves ? compression : PayloadCompression.NONE,
                saves ? scratch : batch.bytes(),
                0,
                saves ? compressed : length));
    }

    /** The lane's last record: its EOS marker. */
    byte[] encodeEnd() {
        return encode(new EndOfStream(config.lanes().pagesOf(lane), digest));
    }

    /** The lane's next record. */
    byte[] encode(StreamBody body) {
        return StreamRecordEncoder.encode(
                new StreamRecord(config.migration(), config.attempt(), lane, sequence++, body), config.format());
    }

    /** Partition of the ingress that the lane's records go to. */
    int partition() {
        return partition;
    }

    /** Key of the lane's records. */
    String key() {
        return key;
    }

    /** Sum of the hashes of the lane's pages as they were sent last; any thread that waited until all is stored may ask. */
    long digest() {
        return digest;
    }

    private PageRuns checksummed(OpenBatch batch) {
        PageRuns runs = new PageRuns(batch.runs());
        long change = 0;
        int at = 0;
        for (int run = 0; run < batch.runs(); run++) {
            int first = batch.first(run);
            int count = batch.count(run);
            if (batch.encoding(run) == PageEncoding.ZERO) {
                change += hashes.clear(batch.block(), first, count);
                runs.add(first, count, PageEncoding.ZERO, 0, PageHash.ZERO);
                continue;
            }
            long checksum = 0;
            for (int page = first; page < first + count; page++) {
                long hash = PageHash.ofNonZero(batch.bytes(), at, config.pageSize(), batch.block(), page);
                checksum += hash;
                change += hashes.replace(batch.block(), page, hash);
                at += config.pageSize();
            }
            runs.add(first, count, PageEncoding.NORMAL, count * config.pageSize(), checksum);
        }
        digest += change;
        return runs;
    }
}
