package io.godwit.transformer.topology;

import static io.godwit.transformer.topology.Ingress.PAGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.directory.LaneTotals;
import io.godwit.directory.MigrationStatus;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.CheckpointChunk;
import io.godwit.record.Manifest;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.RamBlock;
import io.godwit.record.StreamBody.StreamFailure;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.topic.Lanes;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pages that checkpoints hold, hashed here with the JDK's SHA-256. */
final class CheckpointDedupTest {
    private static final String ONE = "1".repeat(64);
    private static final String TWO = "2".repeat(64);

    private final Random random = new Random(20261120);
    private final TransformerHarness transformer = TransformerHarness.start();

    @AfterEach
    void close() {
        transformer.close();
    }

    @Test
    void pagesOfACheckpointLeaveAsTheirHashesAndOthersAsTheyAre() {
        byte[][] known = randomPages(5);
        byte[] strange = randomPage();
        index(ONE, PAGE, known);
        start(ONE);

        PageBatch out = transformer.sendBatch(
                Ingress.pages(1, 8, known[3], known[0], strange, randomPage(), known[1], known[1]));

        assertThat(out.runs().size()).isEqualTo(3);
        assertRun(out.runs(), 0, 8, 2, PageEncoding.HASH, Ingress.checksum(8, known[3], known[0]));
        assertRun(out.runs(), 1, 10, 2, PageEncoding.NORMAL, out.runs().checksum(1));
        assertRun(out.runs(), 2, 12, 2, PageEncoding.HASH, Ingress.checksum(12, known[1], known[1]));
        byte[] payload = Target.unpack(out);
        assertThat(Arrays.copyOf(payload, 64)).isEqualTo(concat(sha256(known[3]), sha256(known[0])));
        assertThat(Arrays.copyOfRange(payload, 64, 64 + PAGE)).isEqualTo(strange);
        assertThat(Arrays.copyOfRange(payload, 64 + 2 * PAGE, payload.length))
                .isEqualTo(concat(sha256(known[1]), sha256(known[1])));
        assertThat(transformer.counters.hashPages()).isEqualTo(4);
        assertThat(transformer.counters.normalPages()).isEqualTo(2);
        assertThat(transformer.counters.checkpointLookups()).isEqualTo(6);
    }

    @Test
    void aRunThatIsKnownAsAWholeIsOneRunOfHashes() {
        byte[][] known = randomPages(64);
        index(ONE, PAGE, known);
        start(ONE);

        PageBatch out = transformer.sendBatch(Ingress.batch(1, Ingress.normal(PayloadCompression.LZ4, 0, known)));

        assertThat(out.runs().size()).isOne();
        assertRun(out.runs(), 0, 0, 64, PageEncoding.HASH, Ingress.checksum(0, known));
        assertThat(out.payloadLength()).isEqualTo(64 * 32);
        assertThat(out.compression()).isEqualTo(PayloadCompression.NONE);
    }

    @Test
    void whereNoCheckpointIsNamedNothingIsHashedAndABatchLeavesAsItCame() {
        byte[][] known = randomPages(3);
        index(ONE, PAGE, known);
        start();
        StreamRecord batch = Ingress.pages(1, 0, known);
        transformer.send(batch);

        assertThat(transformer.raw("a").get(0).value()).isEqualTo(StreamRecordEncoder.encode(batch));
        assertThat(transformer.counters.checkpointLookups()).isZero();
    }

    @Test
    void aBatchOfUnknownPagesLeavesAsTheVeryBytesItCame() {
        index(ONE, PAGE, randomPages(3));
        start(ONE);
        StreamRecord batch = Ingress.pages(1, 0, randomPages(3));
        transformer.send(batch);

        assertThat(transformer.raw("a").get(0).value()).isEqualTo(StreamRecordEncoder.encode(batch));
        assertThat(transformer.counters.checkpointLookups()).isEqualTo(3);
    }

    @Test
    void aCheckpointIsUsedOnceAllOfItsChunksAreThereInAnyOrderAndRepeated() {
        byte[][] known = randomPages(4100);
        List<CheckpointChunk> chunks = chunks(ONE, PAGE, known);
        start(ONE);

        index(chunks.get(1));
        index(chunks.get(1));
        assertThat(encodings(Ingress.pages(1, 0, known[0], known[1]))).containsExactly(PageEncoding.NORMAL);
        assertThat(transformer.counters.checkpointLookups()).isZero();

        index(chunks.get(0));
        index(chunks.get(1));
        assertThat(encodings(Ingress.pages(2, 10, known[4099], known[1]))).containsExactly(PageEncoding.HASH);
    }

    @Test
    void aCheckpointThatLosesAChunkWhileAMigrationUsesItIsNotUsedAnyMore() {
        byte[][] known = randomPages(4100);
        index(ONE, PAGE, known);
        start(ONE);
        assertThat(encodings(Ingress.pages(1, 0, known[0]))).containsExactly(PageEncoding.HASH);

        transformer.index(CheckpointChunk.key(ONE, 1), null);

        assertThat(encodings(Ingress.pages(2, 10, known[1]))).containsExactly(PageEncoding.NORMAL);
    }

    @Test
    void aChunkThatContradictsItsCheckpointTakesItOutOfUse() {
        byte[][] known = randomPages(4100);
        index(ONE, PAGE, known);
        start(ONE);
        CheckpointChunk last = chunks(ONE, PAGE, known).get(1);

        index(new CheckpointChunk(
                ONE, PAGE, 1, 3, chunks(ONE, PAGE, known).get(0).hashes()));
        assertThat(encodings(Ingress.pages(1, 0, known[0]))).containsExactly(PageEncoding.NORMAL);

        index(last);
        assertThat(encodings(Ingress.pages(2, 10, known[0]))).containsExactly(PageEncoding.HASH);
    }

    @Test
    void aPageIsFoundInAnyOfTheCheckpointsThatAreNamed() {
        byte[][] first = randomPages(3);
        byte[][] second = randomPages(3);
        index(ONE, PAGE, first);
        index(TWO, PAGE, second);
        String notThere = "3".repeat(64);

        start(notThere, TWO, ONE);
        assertThat(encodings(Ingress.pages(1, 0, first[0], second[0], first[1])))
                .containsExactly(PageEncoding.HASH);
    }

    @Test
    void aCheckpointThatIsNotNamedIsNotUsed() {
        byte[][] first = randomPages(3);
        index(ONE, PAGE, first);
        index(TWO, PAGE, randomPages(3));
        start(TWO);

        assertThat(encodings(Ingress.pages(1, 0, first))).containsExactly(PageEncoding.NORMAL);
    }

    @Test
    void pagesThatAreZeroOrADeltaAreNotHashed() {
        byte[] page = randomPage();
        byte[] fill = new byte[PAGE];
        Arrays.fill(fill, (byte) 7);
        byte[] edited = page.clone();
        edited[5]++;
        index(ONE, PAGE, page, fill, edited);
        start(ONE);
        assertThat(encodings(Ingress.pages(1, 0, page, new byte[PAGE], fill)))
                .containsExactly(PageEncoding.HASH, PageEncoding.ZERO, PageEncoding.FILL);

        assertThat(encodings(Ingress.pages(2, 0, edited))).containsExactly(PageEncoding.XBZRLE);

        assertThat(transformer.counters.checkpointLookups()).isOne();
    }

    @Test
    void aPageThatWentAsAHashIsTheBaseOfItsNextDelta() {
        byte[] page = randomPage();
        index(ONE, PAGE, page);
        start(ONE);
        assertThat(encodings(Ingress.pages(1, 3, page))).containsExactly(PageEncoding.HASH);
        page[100]++;

        PageBatch out = transformer.sendBatch(Ingress.pages(2, 3, page));

        assertThat(Target.unpack(out)).isEqualTo(new byte[] {100, 1, page[100]});
    }

    @Test
    void aCheckpointOfAnotherPageSizeIsNotUsed() {
        byte[] page = randomPage();
        index(ONE, 8192, page);
        start(ONE);

        assertThat(encodings(Ingress.pages(1, 0, page))).containsExactly(PageEncoding.NORMAL);
        assertThat(transformer.counters.checkpointLookups()).isZero();
    }

    @Test
    void checkpointsAreThoseOfTheAttempt() {
        byte[][] known = randomPages(4);
        index(ONE, PAGE, known);
        start(ONE);
        transformer.send(start(2, List.of()));
        transformer.stream("a");

        assertThat(encodings(new StreamRecord("a", 2, 0, 1, Ingress.normal(PayloadCompression.NONE, 0, known[0]))))
                .containsExactly(PageEncoding.NORMAL);

        transformer.send(start(3, List.of(ONE)));
        transformer.stream("a");
        assertThat(encodings(new StreamRecord("a", 3, 0, 1, Ingress.normal(PayloadCompression.NONE, 0, known[1]))))
                .containsExactly(PageEncoding.HASH);
        // Of an attempt whose start was not met.
        assertThat(encodings(new StreamRecord("a", 4, 0, 1, Ingress.normal(PayloadCompression.NONE, 0, known[2]))))
                .containsExactly(PageEncoding.NORMAL);
    }

    @Test
    void aRecordMetAgainGoesInFull() {
        byte[] page = randomPage();
        index(ONE, PAGE, page);
        start(ONE);
        StreamRecord batch = Ingress.pages(1, 0, page);
        assertThat(encodings(batch)).containsExactly(PageEncoding.HASH);

        assertThat(encodings(batch)).containsExactly(PageEncoding.NORMAL);
    }

    @Test
    void aRunOfPagesWithAnotherChecksumBecomesAFailureInItsLane() {
        byte[] known = randomPage();
        index(ONE, PAGE, known);
        start(ONE);
        PageRuns runs = new PageRuns(1);
        runs.add(0, 2, PageEncoding.NORMAL, 2 * PAGE, 99);

        transformer.send(Ingress.batch(1, Ingress.batch(PayloadCompression.NONE, runs, known, randomPage())));

        StreamRecord out = transformer.one();
        assertThat(out.sequence()).isOne();
        assertThat(((StreamFailure) out.body()).reason()).startsWith("checksum of block 0, pages 0 to 1 is ");
        assertThat(transformer.deadLetters()).hasSize(1);
    }

    @Test
    void whatCannotBeReadInTheTopicOfCheckpointsIsPassedOver() {
        byte[][] known = randomPages(4);
        index(ONE, PAGE, known);
        start(ONE);
        CheckpointChunk chunk = chunks(TWO, PAGE, randomPages(1)).get(0);

        for (String key : Arrays.asList(null, "", "/", ONE, ONE + "/", ONE + "/00", ONE + "/x", ONE + "/99999999999")) {
            transformer.index(key, chunk.encode());
            transformer.index(key, new byte[] {1, 2, 3});
            transformer.index(key, null);
        }
        assertThat(encodings(Ingress.pages(1, 0, known[0]))).containsExactly(PageEncoding.HASH);

        // Once the topic is compacted, there is no other record of the chunk than this one.
        transformer.index(ONE + "/0", chunk.encode());
        assertThat(encodings(Ingress.pages(2, 10, known[1]))).containsExactly(PageEncoding.NORMAL);
        index(ONE, PAGE, known);
        assertThat(encodings(Ingress.pages(3, 20, known[2]))).containsExactly(PageEncoding.HASH);
        transformer.index(ONE + "/0", new byte[] {1, 2, 3});
        assertThat(encodings(Ingress.pages(4, 30, known[3]))).containsExactly(PageEncoding.NORMAL);
    }

    @Test
    void theDirectoryIsToldHowManyPagesWentAsHashes() {
        byte[][] known = randomPages(4);
        index(ONE, PAGE, known);
        start(ONE);
        transformer.send(Ingress.pages(1, 0, known[0], known[1], randomPage()));
        transformer.send(Ingress.roundEnd(2));
        transformer.send(Ingress.end(3));

        List<MigrationStatus> statuses = transformer.statuses();
        LaneTotals totals = statuses.get(statuses.size() - 1).totals();

        assertThat(totals.hash()).isEqualTo(2);
        assertThat(totals.normal()).isOne();
        assertThat(totals.payloadBytes()).isEqualTo(2 * 32 + PAGE);
    }

    @Test
    void everyPageIsWhatItWasWhateverIsKnown() {
        byte[][] pages = randomPages(300);
        index(ONE, PAGE, Arrays.copyOf(pages, 150));
        start(ONE);
        for (int sequence = 1; sequence <= 100; sequence++) {
            byte[][] sent = IntStream.range(0, 1 + random.nextInt(64))
                    .mapToObj(page -> pages[random.nextInt(pages.length)])
                    .toArray(byte[][]::new);
            long index = (sequence - 1) * 64L;

            PageBatch out = transformer.sendBatch(Ingress.pages(sequence, index, sent));

            assertThat(rebuilt(out, pages)).isEqualTo(concat(sent));
        }
    }

    /** The pages of a batch, found by their hash among {@code known}. */
    private static byte[] rebuilt(PageBatch batch, byte[][] known) {
        byte[] payload = Target.unpack(batch);
        ByteArrayOutputStream rebuilt = new ByteArrayOutputStream();
        int input = 0;
        long next = batch.runs().index(0);
        PageEncoding last = null;
        for (int run = 0; run < batch.runs().size(); run++) {
            assertThat(batch.runs().index(run)).isEqualTo(next);
            assertThat(batch.runs().encoding(run)).isNotEqualTo(last);
            last = batch.runs().encoding(run);
            next += batch.runs().count(run);
            int length = last == PageEncoding.HASH ? 32 : PAGE;
            for (int page = 0; page < batch.runs().count(run); page++, input += length) {
                byte[] bytes = Arrays.copyOfRange(payload, input, input + length);
                rebuilt.writeBytes(length == PAGE ? bytes : find(bytes, known));
            }
        }
        return rebuilt.toByteArray();
    }

    private static byte[] find(byte[] digest, byte[][] known) {
        return Arrays.stream(known)
                .filter(page -> Arrays.equals(sha256(page), digest))
                .findFirst()
                .orElseThrow();
    }

    private void start(String... checkpoints) {
        transformer.send(start(1, List.of(checkpoints)));
        transformer.stream("a");
    }

    private static StreamRecord start(int attempt, List<String> checkpoints) {
        Manifest manifest = new Manifest(PAGE, List.of(new RamBlock("ram", 1L << 30)));
        return new StreamRecord(
                "a",
                attempt,
                0,
                0,
                new StreamStart("stream-a", manifest, 1, Lanes.STRIPE_PAGES, checkpoints, "test", 1));
    }

    private List<PageEncoding> encodings(StreamRecord record) {
        PageRuns runs = transformer.sendBatch(record).runs();
        return IntStream.range(0, runs.size()).mapToObj(runs::encoding).toList();
    }

    private void index(String id, int pageSize, byte[]... pages) {
        chunks(id, pageSize, pages).forEach(this::index);
    }

    private void index(CheckpointChunk chunk) {
        transformer.index(chunk.key(), chunk.encode());
    }

    private static List<CheckpointChunk> chunks(String id, int pageSize, byte[]... pages) {
        byte[][] hashes = Arrays.stream(pages)
                .map(CheckpointDedupTest::sha256)
                .sorted(Arrays::compareUnsigned)
                .toArray(byte[][]::new);
        int count = CheckpointChunk.chunksOf(hashes.length);
        List<CheckpointChunk> chunks = new ArrayList<>();
        for (int chunk = 0; chunk < count; chunk++) {
            int first = chunk * CheckpointChunk.MAX_HASHES;
            int end = Math.min(hashes.length, first + CheckpointChunk.MAX_HASHES);
            chunks.add(new CheckpointChunk(id, pageSize, chunk, count, concat(Arrays.copyOfRange(hashes, first, end))));
        }
        return chunks;
    }

    private static byte[] sha256(byte[] page) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(page);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private byte[][] randomPages(int count) {
        return IntStream.range(0, count).mapToObj(page -> randomPage()).toArray(byte[][]::new);
    }

    private byte[] randomPage() {
        byte[] page = new byte[PAGE];
        random.nextBytes(page);
        return page;
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static void assertRun(PageRuns runs, int run, long index, int count, PageEncoding encoding, long checksum) {
        assertThat(runs.index(run)).isEqualTo(index);
        assertThat(runs.count(run)).isEqualTo(count);
        assertThat(runs.encoding(run)).isEqualTo(encoding);
        assertThat(runs.checksum(run)).isEqualTo(checksum);
    }
}
