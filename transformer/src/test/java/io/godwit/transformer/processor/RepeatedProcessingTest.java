package io.godwit.transformer.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationStatus;
import io.godwit.directory.MigrationStatusCodec;
import io.godwit.hash.PageHash;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.Manifest;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.RamBlock;
import io.godwit.record.StreamBody;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.record.WireFormat;
import io.godwit.transformer.checkpoint.CheckpointIndexStore;
import io.godwit.transformer.checkpoint.CheckpointIndexStoreBuilder;
import io.godwit.transformer.gate.StreamGate;
import io.godwit.transformer.gate.StreamTopics;
import io.godwit.transformer.store.PageCacheBudget;
import io.godwit.transformer.store.PageCacheStore;
import io.godwit.transformer.store.PageCacheStoreBuilder;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kafka Streams processes a record once more when sending it failed: the three processors, chained by hand, with a sink that fails. */
final class RepeatedProcessingTest {
    private static final int PAGE = 4096;
    private static final Manifest MANIFEST = new Manifest(PAGE, List.of(new RamBlock("ram", 1 << 20)));

    private final TaskServices services = new TaskServices(
            new StreamGate(new EveryTopic()),
            new TransformerCounters(),
            PayloadCompression.ZSTD,
            WireFormat.SINGLE_OBJECT,
            "test-agent",
            Clock.systemUTC());
    private final ZeroPagesProcessor zeroPages = new ZeroPagesProcessor(services);
    private final XbzrleProcessor xbzrle = new XbzrleProcessor(services);
    private final CheckpointDedupProcessor dedup = new CheckpointDedupProcessor(services);
    private final PageCacheStore cache =
            new PageCacheStoreBuilder(Nodes.PAGE_CACHE, new PageCacheBudget(16 << 20)).build();
    private final CheckpointIndexStore index = new CheckpointIndexStoreBuilder(Nodes.CHECKPOINT_INDEX, 1 << 20).build();
    private final List<byte[]> sent = new ArrayList<>();
    private final List<byte[]> statuses = new ArrayList<>();
    private boolean sinkFails;

    private static final class EveryTopic implements StreamTopics {
        @Override
        public Optional<String> idOf(String topic) {
            return Optional.of("stream");
        }

        @Override
        public Optional<String> awaitId(String topic, String id) {
            return Optional.of(id);
        }
    }

    /** Hands records on to the next processor instead of keeping them. */
    private final class Link<K, V> extends MockProcessorContext<K, V> {
        private final Processor<K, V, ?, ?> next;

        Link(Processor<K, V, ?, ?> next) {
            this.next = next;
            setRecordMetadata("godwit.pages", 0, 0);
            addStateStore(cache);
            addStateStore(index);
        }

        @Override
        public <K2 extends K, V2 extends V> void forward(Record<K2, V2> record, String child) {
            if (child.equals(Nodes.MIGRATIONS)) {
                statuses.add((byte[]) record.value());
            } else {
                next.process(new Record<>(record.key(), record.value(), record.timestamp()));
            }
        }
    }

    @BeforeEach
    void chain() {
        Processor<String, Object, Void, Void> sink = record -> {
            if (sinkFails) {
                throw new TimeoutException("the broker is away");
            }
            sent.add((byte[]) record.value());
        };
        Processor<String, Object, Void, Void> toDedup = record -> dedup.process(cast(record));
        Processor<String, Object, Void, Void> toXbzrle = record -> xbzrle.process(cast(record));
        Link<String, Object> first = new Link<>(toXbzrle);
        cache.init(first.getStateStoreContext(), cache);
        zeroPages.init(first);
        xbzrle.init(new Link<>(toDedup));
        dedup.init(new Link<>(sink));
    }

    private static Record<String, LaneUpdate> cast(Record<String, Object> record) {
        return record.withValue((LaneUpdate) record.value());
    }

    @AfterEach
    void close() {
        zeroPages.close();
        xbzrle.close();
        dedup.close();
        cache.close();
    }

    @Test
    void aRecordThatCouldNotBeSentGoesInFullTheSecondTime() throws Exception {
        byte[] page = new byte[PAGE];
        new Random(7).nextBytes(page);
        process(batch(0, page));
        page[9]++;
        byte[] edited = batch(1, page);
        sinkFails = true;
        assertThatThrownBy(() -> process(edited)).isInstanceOf(TimeoutException.class);
        sinkFails = false;

        process(edited);
        process(batch(2, page));

        assertThat(sent.get(1)).isEqualTo(edited);
        // The cache cannot know whether the first try arrived, so it has let the page go.
        assertThat(decode(sent.get(2)).unchanged()).isZero();
        assertThat(decode(sent.get(2)).runs().encoding(0)).isEqualTo(PageEncoding.NORMAL);
    }

    @Test
    void aTaskThatIsRevivedBeginsWithAnEmptyCache() throws Exception {
        byte[] page = new byte[PAGE];
        new Random(7).nextBytes(page);
        process(batch(0, page));

        close();
        chain();
        process(batch(1, page));

        assertThat(decode(sent.get(1)).unchanged()).isZero();
    }

    @Test
    void aTaskThatIsRevivedDoesNotCountRecordsTwice() throws Exception {
        byte[] start = record(0, new StreamStart("stream", MANIFEST, 1, 512, List.of(), "test", 1));
        process(start);
        process(record(1, new RoundEnd(1)));

        close();
        chain();
        process(record(1, new RoundEnd(1)));
        process(record(2, new EndOfStream(1, 1)));

        MigrationStatus ended = MigrationStatusCodec.decode(statuses.get(statuses.size() - 1));
        assertThat(ended.state()).isEqualTo(MigrationState.LANE_ENDED);
        assertThat(ended.totals()).isNull();
    }

    private void process(byte[] value) {
        zeroPages.process(new Record<>("vm/0", value, 0));
    }

    private static byte[] record(long sequence, StreamBody body) {
        return StreamRecordEncoder.encode(new StreamRecord("vm", 1, 0, sequence, body));
    }

    private static byte[] batch(long sequence, byte[] page) {
        PageRuns runs = new PageRuns(1);
        runs.add(5, 1, PageEncoding.NORMAL, PAGE, PageHash.ofNonZero(page, 0, PAGE, 0, 5));
        PageBatch batch = new PageBatch(1, 0, runs, 0, 0, PayloadCompression.NONE, page.clone(), 0, PAGE);
        return record(sequence, batch);
    }

    private static PageBatch decode(byte[] value) throws MalformedRecordException {
        return (PageBatch) new StreamRecordDecoder().decode(value).body();
    }
}
