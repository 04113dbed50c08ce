package io.godwit.producer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.godwit.payload.PayloadCompression;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.record.Manifest;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.RamBlock;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.topic.Lanes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PagePipelineTest {
    private static final int PAGE_SIZE = 4096;
    private static final int BATCH_BYTES = 4 << 20;

    private MockProducer<String, byte[]> kafka = kafka(true);
    private PagePipeline pipeline;
    private PipelineConfig config;

    @AfterEach
    void close() {
        if (pipeline != null) {
            pipeline.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 4096, 1", "2, 4096, 4", "3, 4096, 7", "4, 512, 3", "5, 65536, 2", "6, 4096, 40"})
    void whatIsPassedArrivesWholeInOrderAndUnderRightChecksums(long seed, int pageSize, int lanes) throws Exception {
        Random random = new Random(seed);
        List<byte[]> guest = guest(random, pageSize, 1, 520, pageSize > PAGE_SIZE ? 70 : 1200, 64);
        begin(guest, pageSize, lanes);
        for (int round = 1; round <= 3; round++) {
            for (int block = 0; block < guest.size(); block++) {
                passBlock(guest.get(block), block, pageSize, round == 1 ? null : random);
            }
            pipeline.endRound();
            pipeline.awaitCarried();
        }
        pipeline.finish();

        IngressReader reader = read();

        for (int block = 0; block < guest.size(); block++) {
            assertThat(reader.memory.get(block)).as("block %d", block).isEqualTo(guest.get(block));
        }
        long digest = 0;
        for (int lane = 0; lane < lanes; lane++) {
            assertThat(reader.rounds).containsEntry(lane, 3);
            assertThat(reader.ends.get(lane).digest())
                    .as("digest of lane %d", lane)
                    .isEqualTo(reader.digest(lane));
            digest += reader.digest(lane);
        }
        assertThat(pipeline.digest()).isEqualTo(digest);
        assertThat(pipeline.rounds()).isEqualTo(3);
    }

    @Test
    void batchesHoldAtMost64PagesThatCarryBytes() throws Exception {
        begin(guest(new Random(1), PAGE_SIZE, 2000), PAGE_SIZE, 3);
        for (int page = 0; page < 2000; page++) {
            pipeline.page(0, page, filled(page + 1), 0);
        }
        pipeline.endRound();
        pipeline.finish();

        List<PageBatch> batches = read().batches;

        assertThat(batches).allSatisfy(batch -> assertThat(batch.runs().pages()).isBetween(1L, 64L));
        assertThat(batches)
                .extracting(batch -> batch.runs().pages())
                .filteredOn(pages -> pages == 64)
                .hasSizeGreaterThan(25);
    }

    @Test
    void aGuestOfZerosNeedsOneBatchALaneAndOneRunAStripe() throws Exception {
        begin(guest(new Random(1), PAGE_SIZE, 512 * 40), PAGE_SIZE, 4);
        pipeline.zeroPages(0, 0, 512 * 40);
        pipeline.endRound();
        pipeline.finish();

        IngressReader reader = read();

        assertThat(reader.batches).hasSize(4);
        assertThat(reader.batches).allSatisfy(batch -> {
            assertThat(batch.runs().size()).isEqualTo(10);
            assertThat(batch.payloadLength()).isZero();
            assertThat(batch.runs().pages(PageEncoding.ZERO)).isEqualTo(5120);
        });
        assertThat(pipeline.digest()).isZero();
        assertThat(pipeline.counters().zeroPages()).isEqualTo(512 * 40);
    }

    @Test
    void aPageOfZerosIsTakenForOneHoweverItIsPassed() throws Exception {
        begin(guest(new Random(1), PAGE_SIZE, 600), PAGE_SIZE, 1);
        pipeline.zeroPages(0, 0, 600);
        assertThat(pipeline.page(0, 5, ByteBuffer.allocate(PAGE_SIZE), 0)).isFalse();
        pipeline.endRound();
        pipeline.finish();

        assertThat(read().batches)
                .allSatisfy(batch -> assertThat(batch.payloadLength()).isZero());
    }

    @Test
    void aPageThatTheGuestClearsWhileItIsReadIsAZeroPage() throws Exception {
        OpenBatch batch = new OpenBatch(PAGE_SIZE, 64);
        batch.begin(0);
        ByteBuffer cleared = ByteBuffer.allocate(PAGE_SIZE);

        assertThat(batch.copy(0, cleared, 0, true)).isFalse();

        assertThat(batch.isEmpty()).isTrue();
        assertThat(batch.usedBytes()).isZero();
    }

    @Test
    void aPageMayComeTwiceInARoundAndTheLaterOneCounts() throws Exception {
        begin(guest(new Random(1), PAGE_SIZE, 3), PAGE_SIZE, 1);
        pipeline.zeroPages(0, 0, 3);
        pipeline.page(0, 1, filled(1), 0);
        pipeline.page(0, 1, filled(2), 0);
        pipeline.page(0, 0, filled(3), 0);
        pipeline.endRound();
        pipeline.finish();

        IngressReader reader = read();

        assertThat(reader.memory.get(0)[PAGE_SIZE]).isEqualTo((byte) 2);
        assertThat(reader.memory.get(0)[0]).isEqualTo((byte) 3);
        assertThat(reader.ends.get(0).digest()).isEqualTo(reader.digest(0));
    }

    @Test
    void payloadIsCompressedOnlyWhereThatSavesBytes() throws Exception {
        begin(guest(new Random(1), PAGE_SIZE, 2000), PAGE_SIZE, 1);
        byte[] drawn = new byte[PAGE_SIZE * 64];
        new Random(2).nextBytes(drawn);
        for (int page = 0; page < 64; page++) {
            pipeline.page(0, page, ByteBuffer.wrap(drawn), page * PAGE_SIZE);
        }
        for (int page = 64; page < 128; page++) {
            pipeline.page(0, page, filled(page), 0);
        }
        pipeline.endRound();
        pipeline.finish();

        assertThat(read().batches)
                .extracting(PageBatch::compression)
                .containsExactly(PayloadCompression.NONE, PayloadCompression.ZSTD);
        assertThat(pipeline.counters().payloadBytes()).isEqualTo(128 * PAGE_SIZE);
        assertThat(pipeline.counters().wireBytes()).isBetween(64L * PAGE_SIZE, 70L * PAGE_SIZE);
    }

    @Test
    void deviceStateGoesByLaneZeroInChunksThatCount() throws Exception {
        begin(guest(new Random(1), PAGE_SIZE, 3), PAGE_SIZE, 2);
        pipeline.zeroPages(0, 0, 3);
        pipeline.endRound();
        pipeline.deviceState(new byte[] {1, 2}, false);
        pipeline.deviceState(new byte[] {3}, true);
        pipeline.finish();

        assertThat(read().deviceState.toByteArray()).containsExactly(1, 2, 3);
    }

    @Test
    void whenKafkaFailsEveryCallSaysThatTheSinkIsClosedAndTheCauseIsKept() throws Exception {
        kafka = kafka(false);
        begin(guest(new Random(1), PAGE_SIZE, 3), PAGE_SIZE, 1);
        await().until(() -> kafka.errorNext(new TimeoutException("30000 ms have passed")));

        await().until(() -> pipeline.failure() != null);

        assertThatThrownBy(() -> pipeline.endRound()).isInstanceOf(SinkClosedException.class);
        assertThatThrownBy(() -> pipeline.awaitCarried()).isInstanceOf(SinkClosedException.class);
        assertThat(pipeline.failure()).isInstanceOf(TimeoutException.class);
    }

    @Test
    void whenKafkaThrowsTheSinkIsClosed() throws Exception {
        kafka.sendException = new TimeoutException("no room for 30000 ms");
        begin(guest(new Random(1), PAGE_SIZE, 3), PAGE_SIZE, 1);

        assertThatThrownBy(() -> pipeline.awaitCarried())
                .isInstanceOf(SinkClosedException.class)
                .hasMessageContaining("no room for 30000 ms");
    }

    @Test
    void awaitStoredWaitsForTheLastAcknowledgement() throws Exception {
        kafka = kafka(false);
        begin(guest(new Random(1), PAGE_SIZE, 3), PAGE_SIZE, 1);
        pipeline.page(0, 0, filled(1), 0);
        Waiter waiter = new Waiter(pipeline::awaitCarried);

        await().until(kafka::completeNext);
        await().until(() -> kafka.history().size() == 2);
        await().until(waiter::isWaiting);

        assertThat(kafka.completeNext()).isTrue();
        waiter.join();
        assertThat(waiter.failure.get()).isNull();
    }

    /** Back-pressure: with Kafka and its buffer stuck, the source stands once the pool is used up, and a stop frees it. */
    @Test
    void theSourceWaitsWhenThePoolIsUsedUpAndAStopFreesIt() throws Exception {
        RateLimiter stuck = new RateLimiter(1, () -> 0, nanos -> Thread.sleep(Long.MAX_VALUE));
        begin(guest(new Random(1), PAGE_SIZE, 4000), PAGE_SIZE, 2, stuck);
        Waiter source = new Waiter(() -> {
            for (int page = 0; page < 4000; page++) {
                pipeline.page(0, page, filled(1), 0);
            }
        });
        await().until(source::isWaiting);
        Exception reason = new Exception("stopped");

        pipeline.stop(reason);
        pipeline.stop(new Exception("too late"));

        source.join();
        assertThat(source.failure.get()).isInstanceOf(SinkClosedException.class);
        assertThat(pipeline.failure()).isSameAs(reason);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 1024})
    void moreLanesThanThePoolHasBatchesAreNoDeadlock(int lanes) throws Exception {
        int pages = 512 * lanes;
        Manifest manifest = new Manifest(512, List.of(new RamBlock("ram", pages * 512L)));
        config = new PipelineConfig("vm-1", 2, manifest, new Lanes(manifest, lanes, 512), 8, 1, 2);
        begin(config, new RateLimiter(RateLimiter.UNLIMITED, System::nanoTime, nanos -> {}));
        ByteBuffer page = ByteBuffer.wrap(new byte[512]).put(0, (byte) 1);
        for (int index = 0; index < pages; index += 512) {
            pipeline.page(0, index, page, 0);
        }
        pipeline.endRound();
        pipeline.finish();

        assertThat(read().batches).hasSize(lanes);
    }

    private static List<byte[]> guest(Random random, int pageSize, int... pages) {
        List<byte[]> blocks = new ArrayList<>();
        for (int count : pages) {
            byte[] block = new byte[count * pageSize];
            for (int page = 0; page < count; page++) {
                change(block, page, pageSize, random);
            }
            blocks.add(block);
        }
        return blocks;
    }

    private static void change(byte[] block, int page, int pageSize, Random random) {
        byte[] bytes = new byte[pageSize];
        switch (random.nextInt(4)) {
            case 0 -> random.nextBytes(bytes);
            case 1 -> bytes[random.nextInt(pageSize)] = (byte) random.nextInt();
            case 2 -> Arrays.fill(bytes, (byte) random.nextInt());
            default -> {}
        }
        System.arraycopy(bytes, 0, block, page * pageSize, pageSize);
    }

    /** Passes every page; with {@code random}, some of them, changed. */
    private void passBlock(byte[] block, int number, int pageSize, Random random) throws Exception {
        for (int page = 0; page < block.length / pageSize; page++) {
            if (random == null || random.nextInt(3) == 0) {
                if (random != null) {
                    change(block, page, pageSize, random);
                }
                pipeline.page(number, page, ByteBuffer.wrap(block), page * pageSize);
            }
        }
    }

    private static ByteBuffer filled(int value) {
        byte[] page = new byte[PAGE_SIZE];
        Arrays.fill(page, (byte) Math.max(1, value % 127));
        return ByteBuffer.wrap(page);
    }

    private void begin(List<byte[]> guest, int pageSize, int lanes) throws Exception {
        begin(guest, pageSize, lanes, new RateLimiter(RateLimiter.UNLIMITED, System::nanoTime, nanos -> {}));
    }

    private void begin(List<byte[]> guest, int pageSize, int lanes, RateLimiter limiter) throws Exception {
        List<RamBlock> blocks = new ArrayList<>();
        guest.forEach(block -> blocks.add(new RamBlock("block-" + blocks.size(), block.length)));
        Manifest manifest = new Manifest(pageSize, blocks);
        begin(new PipelineConfig("vm-1", 2, manifest, new Lanes(manifest, lanes, 512), 8, BATCH_BYTES, 2), limiter);
    }

    private void begin(PipelineConfig newConfig, RateLimiter limiter) throws Exception {
        config = newConfig;
        pipeline = PagePipeline.toKafka(config, kafka, limiter, StreamFollower.NONE);
        pipeline.start(
                new StreamStart("topic-id", config.manifest(), config.lanes().lanes(), 512, List.of(), "test", 1));
    }

    private IngressReader read() throws Exception {
        IngressReader reader = new IngressReader(config);
        reader.readAll(kafka.history());
        return reader;
    }

    private static MockProducer<String, byte[]> kafka(boolean acknowledges) {
        return new MockProducer<>(acknowledges, null, new StringSerializer(), new ByteArraySerializer());
    }

    /** A thread that does something that waits. */
    private static final class Waiter {
        final AtomicReference<Exception> failure = new AtomicReference<>();
        private final Thread thread;

        interface Action {
            void run() throws Exception;
        }

        Waiter(Action action) {
            thread = new Thread(() -> {
                try {
                    action.run();
                } catch (Exception e) {
                    failure.set(e);
                }
            });
            thread.start();
        }

        boolean isWaiting() {
            return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
        }

        void join() throws InterruptedException {
            thread.join(Duration.ofSeconds(20).toMillis());
            assertThat(thread.isAlive()).isFalse();
        }
    }
}
