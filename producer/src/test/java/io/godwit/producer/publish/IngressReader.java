package io.godwit.producer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.hash.PageHash;
import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.Manifest;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.StreamBody;
import io.godwit.record.StreamBody.DeviceState;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.topic.Lanes;
import io.godwit.topic.Topics;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Reads what was put into the ingress the plainest way there is, and checks every rule of the contract on the way: the
 * oracle of these tests.
 */
final class IngressReader {
    final List<byte[]> memory = new ArrayList<>();
    final Map<Integer, Integer> rounds = new HashMap<>();
    final Map<Integer, EndOfStream> ends = new HashMap<>();
    final List<PageBatch> batches = new ArrayList<>();
    final ByteArrayOutputStream deviceState = new ByteArrayOutputStream();

    private final Manifest manifest;
    private final Lanes lanes;
    private final String migration;
    private final int attempt;
    private final int partitions;
    private final long[] sequences;
    private final StreamRecordDecoder decoder = new StreamRecordDecoder();
    private final PayloadCodec codec = new PayloadCodec();

    IngressReader(PipelineConfig config) {
        manifest = config.manifest();
        lanes = config.lanes();
        migration = config.migration();
        attempt = config.attempt();
        partitions = config.pagesPartitions();
        sequences = new long[lanes.lanes()];
        // Not zero: a page that was never sent must show.
        manifest.blocks().forEach(block -> {
            byte[] bytes = new byte[(int) block.length()];
            Arrays.fill(bytes, (byte) 0xA5);
            memory.add(bytes);
        });
    }

    void readAll(List<ProducerRecord<String, byte[]>> records) throws Exception {
        for (ProducerRecord<String, byte[]> record : records) {
            read(record);
        }
    }

    /** The digest of a lane, from the memory as it was rebuilt. */
    long digest(int lane) {
        long digest = 0;
        for (int block = 0; block < memory.size(); block++) {
            for (int page = 0; page < manifest.pages(block); page++) {
                if (lanes.laneOf(block, page) == lane) {
                    digest += hash(block, page);
                }
            }
        }
        return digest;
    }

    private void read(ProducerRecord<String, byte[]> kafkaRecord) throws Exception {
        StreamRecord record = decoder.decode(kafkaRecord.value());
        int lane = record.lane();
        assertThat(kafkaRecord.topic()).isEqualTo(Topics.PAGES);
        assertThat(kafkaRecord.key()).isEqualTo(Topics.laneKey(migration, lane));
        assertThat(kafkaRecord.partition()).isEqualTo(Topics.pagesPartition(migration, lane, partitions));
        assertThat(record.migration()).isEqualTo(migration);
        assertThat(record.attempt()).isEqualTo(attempt);
        assertThat(record.sequence()).as("sequence of lane %d", lane).isEqualTo(sequences[lane]++);
        assertThat(ends).as("lanes that have ended").doesNotContainKey(lane);
        assertThat(record.body() instanceof StreamStart).isEqualTo(record.sequence() == 0);
        apply(lane, record.body());
    }

    private void apply(int lane, StreamBody body) throws Exception {
        if (body instanceof PageBatch batch) {
            batch.check(manifest, lanes, lane);
            assertThat(batch.round()).isEqualTo(rounds.getOrDefault(lane, 0) + 1);
            batches.add(batch);
            apply(batch);
        } else if (body instanceof RoundEnd end) {
            assertThat(end.round()).isEqualTo(rounds.merge(lane, 1, Integer::sum));
        } else if (body instanceof EndOfStream end) {
            assertThat(end.pages()).isEqualTo(lanes.pagesOf(lane));
            ends.put(lane, end);
        } else if (body instanceof DeviceState state) {
            assertThat(lane).isZero();
            deviceState.write(state.bytes());
        }
    }

    private void apply(PageBatch batch) throws Exception {
        byte[] payload = payload(batch);
        int at = 0;
        PageRuns runs = batch.runs();
        for (int run = 0; run < runs.size(); run++) {
            int first = (int) runs.index(run);
            byte[] block = memory.get(batch.block());
            int start = first * manifest.pageSize();
            int length = runs.count(run) * manifest.pageSize();
            if (runs.encoding(run) == PageEncoding.ZERO) {
                Arrays.fill(block, start, start + length, (byte) 0);
            } else {
                assertThat(runs.encoding(run)).isEqualTo(PageEncoding.NORMAL);
                System.arraycopy(payload, at, block, start, length);
                at += length;
            }
            long checksum = 0;
            for (int page = first; page < first + runs.count(run); page++) {
                checksum += hash(batch.block(), page);
            }
            assertThat(runs.checksum(run)).isEqualTo(checksum);
        }
    }

    private byte[] payload(PageBatch batch) throws Exception {
        byte[] payload = new byte[(int) batch.runs().payloadBytes()];
        if (batch.compression() == PayloadCompression.NONE) {
            System.arraycopy(batch.payload(), batch.payloadOffset(), payload, 0, payload.length);
        } else {
            codec.decompress(
                    batch.compression(),
                    batch.payload(),
                    batch.payloadOffset(),
                    batch.payloadLength(),
                    payload,
                    payload.length);
        }
        return payload;
    }

    private long hash(int block, int page) {
        int pageSize = manifest.pageSize();
        byte[] bytes = Arrays.copyOfRange(memory.get(block), page * pageSize, (page + 1) * pageSize);
        return Arrays.equals(bytes, new byte[pageSize]) ? 0 : PageHash.ofNonZero(bytes, 0, pageSize, block, page);
    }
}
