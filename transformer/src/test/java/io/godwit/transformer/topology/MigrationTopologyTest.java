package io.godwit.transformer.topology;

import static io.godwit.transformer.topology.Ingress.PAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.godwit.directory.MigrationState;
import io.godwit.directory.MigrationStatus;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.DeadLetter;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.StreamBody.DeviceState;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamFailure;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.topic.Topics;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MigrationTopologyTest {
    private final Random random = new Random(20260701);
    private TransformerHarness transformer = TransformerHarness.start();

    @AfterEach
    void close() {
        transformer.close();
    }

    @Test
    void controlRecordsLeaveAsTheVeryBytesTheyCame() {
        List<StreamRecord> records = List.of(
                Ingress.start(),
                Ingress.roundEnd(1),
                new StreamRecord("a", 1, 0, 2, new DeviceState(0, true, new byte[] {1, 2})),
                Ingress.end(3));

        records.forEach(transformer::send);

        assertThat(transformer.raw("a").stream().map(TestRecord::value))
                .containsExactlyElementsOf(
                        records.stream().map(StreamRecordEncoder::encode).toList());
    }

    @Test
    void everyIngressRecordMakesExactlyOneStreamRecordWithItsKeyAndPlace() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send(Ingress.pages(1, 0, page));
        transformer.send(Ingress.pages(2, 0, page));
        transformer.send(Ingress.pages(3, 0, new byte[PAGE]));

        List<TestRecord<String, byte[]>> out = transformer.raw("a");

        assertThat(out).extracting(TestRecord::key).containsExactly("a/0", "a/0", "a/0", "a/0");
        assertThat(out.stream().map(record -> TransformerHarness.decode(record.value())))
                .extracting(StreamRecord::attempt, StreamRecord::lane, StreamRecord::sequence)
                .containsExactly(tuple(1, 0, 0L), tuple(1, 0, 1L), tuple(1, 0, 2L), tuple(1, 0, 3L));
    }

    @Test
    void theOriginHeaderHoldsIngressPartitionAndOffset() {
        transformer.send(Ingress.start());
        long offset = transformer.send(Ingress.roundEnd(1));

        TestRecord<String, byte[]> out = transformer.raw("a").get(1);

        ByteBuffer origin =
                ByteBuffer.wrap(out.headers().lastHeader(Topics.ORIGIN_HEADER).value());
        assertThat(out.headers()).hasSize(1);
        assertThat(origin.remaining()).isEqualTo(12);
        assertThat(origin.getInt()).isZero();
        assertThat(origin.getLong()).isEqualTo(offset);
    }

    @Test
    void incompressiblePagesThatNobodyKnowsLeaveAsTheVeryBytesTheyCame() {
        transformer.send(Ingress.start());
        StreamRecord batch = Ingress.pages(1, 0, randomPage(), randomPage());
        transformer.send(batch);

        assertThat(transformer.raw("a").get(1).value()).isEqualTo(StreamRecordEncoder.encode(batch));
    }

    @Test
    void pagesOfEqualBytesBecomeZeroAndFillRunsOfTheirOwn() {
        transformer.send(Ingress.start());
        transformer.one();
        byte[] first = randomPage();
        byte[] last = randomPage();
        PageBatch out = transformer.sendBatch(Ingress.pages(
                1, 8, first, new byte[PAGE], new byte[PAGE], fillPage(7), fillPage(7), fillPage(9), last));

        PageRuns runs = out.runs();
        assertThat(runs.size()).isEqualTo(5);
        assertRun(runs, 0, 8, 1, PageEncoding.NORMAL, Ingress.checksum(8, first));
        assertRun(runs, 1, 9, 2, PageEncoding.ZERO, 0);
        assertRun(runs, 2, 11, 2, PageEncoding.FILL, Ingress.checksum(11, fillPage(7), fillPage(7)));
        assertRun(runs, 3, 13, 1, PageEncoding.FILL, Ingress.checksum(13, fillPage(9)));
        assertRun(runs, 4, 14, 1, PageEncoding.NORMAL, Ingress.checksum(14, last));
        assertThat(Target.unpack(out)).isEqualTo(concat(first, new byte[] {7}, new byte[] {9}, last));
    }

    @Test
    void aPageSentAgainGoesAsADelta() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send(Ingress.pages(1, 3, page));
        transformer.stream("a");
        page[100]++;

        PageBatch out = transformer.sendBatch(Ingress.pages(2, 3, page));

        assertThat(out.runs().size()).isOne();
        assertRun(out.runs(), 0, 3, 1, PageEncoding.XBZRLE, Ingress.checksum(3, page));
        assertThat(Target.unpack(out)).isEqualTo(new byte[] {100, 1, page[100]});
    }

    @Test
    void anUnchangedPageIsLeftOutAndCounted() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send(Ingress.pages(1, 3, page));
        transformer.stream("a");

        PageBatch out = transformer.sendBatch(Ingress.pages(2, 3, page));

        assertThat(out.runs().size()).isZero();
        assertThat(out.payloadLength()).isZero();
        assertThat(out.unchanged()).isOne();
        assertThat(transformer.counters.unchangedPages()).isOne();
        assertThat(transformer.counters.hits()).isOne();
        assertThat(transformer.counters.misses()).isOne();
    }

    @Test
    void aPageWithoutAShorterDeltaGoesInFullAndIsCountedAsOverflow() {
        transformer.send(Ingress.start());
        transformer.send(Ingress.pages(1, 3, randomPage()));
        transformer.stream("a");
        byte[] page = randomPage();

        PageBatch out = transformer.sendBatch(Ingress.pages(2, 3, page));

        assertRun(out.runs(), 0, 3, 1, PageEncoding.NORMAL, Ingress.checksum(3, page));
        assertThat(out.overflows()).isOne();
        assertThat(Target.unpack(out)).isEqualTo(page);
    }

    @Test
    void pagesOfOneRunTakeEachTheirOwnWay() {
        transformer.send(Ingress.start());
        byte[] same = randomPage();
        byte[] edited = randomPage();
        byte[] rewritten = randomPage();
        transformer.send(Ingress.pages(1, 0, same, edited, rewritten));
        transformer.stream("a");
        edited[0]++;
        byte[] overflow = randomPage();
        byte[] fresh = randomPage();

        PageBatch out = transformer.sendBatch(Ingress.pages(2, 0, same, edited, overflow, fresh, new byte[PAGE]));

        PageRuns runs = out.runs();
        assertThat(runs.size()).isEqualTo(3);
        assertRun(runs, 0, 1, 1, PageEncoding.XBZRLE, Ingress.checksum(1, edited));
        assertRun(runs, 1, 2, 2, PageEncoding.NORMAL, Ingress.checksum(2, overflow, fresh));
        assertRun(runs, 2, 4, 1, PageEncoding.ZERO, 0);
        assertThat(out.unchanged()).isOne();
        assertThat(out.overflows()).isOne();
    }

    @Test
    void aPageThatBecameZeroIsNoBaseAnyMore() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send(Ingress.pages(1, 3, page));
        transformer.send(Ingress.batch(2, zeroRun(3, 1)));
        transformer.stream("a");

        PageBatch out = transformer.sendBatch(Ingress.pages(3, 3, page));

        assertRun(out.runs(), 0, 3, 1, PageEncoding.NORMAL, Ingress.checksum(3, page));
        assertThat(transformer.counters.hits()).isZero();
    }

    @Test
    void whatLz4HalvedIsMadeSmallerByZstandard() {
        transformer.send(Ingress.start());
        transformer.one();
        StreamRecord batch = Ingress.batch(1, Ingress.normal(PayloadCompression.LZ4, 0, textPage(), textPage()));

        PageBatch out = transformer.sendBatch(batch);

        assertThat(out.compression()).isEqualTo(PayloadCompression.ZSTD);
        assertThat(out.payloadLength()).isLessThan(((PageBatch) batch.body()).payloadLength());
        assertThat(Target.unpack(out)).isEqualTo(Target.unpack((PageBatch) batch.body()));
    }

    @Test
    void lz4IsKeptWhereLz4IsWanted() {
        restart(TransformerHarness.BUDGET_BYTES, PayloadCompression.LZ4);
        transformer.send(Ingress.start());
        StreamRecord batch = Ingress.batch(1, Ingress.normal(PayloadCompression.LZ4, 0, textPage()));
        transformer.send(batch);

        assertThat(transformer.raw("a").get(1).value()).isEqualTo(StreamRecordEncoder.encode(batch));
    }

    @Test
    void aChangedBatchIsNotCompressedWhereNothingIsWanted() {
        restart(TransformerHarness.BUDGET_BYTES, PayloadCompression.NONE);
        transformer.send(Ingress.start());
        transformer.one();
        byte[] text = textPage();

        PageBatch out = transformer.sendBatch(
                Ingress.batch(1, Ingress.normal(PayloadCompression.LZ4, 0, text, new byte[PAGE])));

        assertThat(out.compression()).isEqualTo(PayloadCompression.NONE);
        assertThat(Target.unpack(out)).isEqualTo(text);
    }

    @Test
    void whatZstandardDoesNotMakeSmallerStaysAsItCame() {
        transformer.send(Ingress.start());
        byte[] halfRandom = randomPage();
        Arrays.fill(halfRandom, 0, PAGE / 2, (byte) 1);
        StreamRecord batch = Ingress.batch(1, Ingress.normal(PayloadCompression.LZ4, 0, halfRandom));
        transformer.send(batch);

        assertThat(transformer.raw("a").get(1).value()).isEqualTo(StreamRecordEncoder.encode(batch));
    }

    @Test
    void pagesThatTheSourceCouldNotCompressAreNotTriedAgain() {
        transformer.send(Ingress.start());
        transformer.one();

        // Zstandard would make these smaller: that it does not shows that it was not asked.
        PageBatch out = transformer.sendBatch(Ingress.pages(1, 0, textPage(), new byte[PAGE]));

        assertThat(out.compression()).isEqualTo(PayloadCompression.NONE);
        assertThat(out.runs().pages(PageEncoding.ZERO)).isOne();
    }

    @Test
    void aBatchOfMoreSmallPagesThanRunsCanBeGoesAsItIs() {
        transformer.send(Ingress.start());
        byte[][] pages = new byte[PageRuns.MAX_RUNS + 1][512];
        StreamRecord batch = Ingress.pages(1, 0, pages);
        transformer.send(batch);

        assertThat(transformer.raw("a").get(1).value()).isEqualTo(StreamRecordEncoder.encode(batch));
    }

    @Test
    void pagesOfAnotherSizeThanBeforeMakeNoDeltas() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send(Ingress.pages(1, 3, page));
        transformer.stream("a");
        byte[] half = Arrays.copyOf(page, PAGE / 2);

        PageBatch out = transformer.sendBatch(Ingress.pages(2, 3, half));

        assertThat(out.unchanged()).isZero();
        assertThat(out.runs().encoding(0)).isEqualTo(PageEncoding.NORMAL);
        assertThat(Target.unpack(out)).isEqualTo(half);
    }

    @Test
    void aRunWhosePagesAreOfNoPageSizeFailsItsLane() {
        transformer.send(Ingress.start());
        transformer.one();
        PageRuns runs = new PageRuns(1);
        runs.add(3, 2, PageEncoding.NORMAL, 3000, 1);
        transformer.send(Ingress.batch(1, Ingress.batch(PayloadCompression.NONE, runs, new byte[3000])));

        assertThat(transformer.one().body())
                .isEqualTo(new StreamFailure("run 0 (block 0, page 3, count 2, NORMAL) has 3000 bytes"));
    }

    @Test
    void whatATaskDoesIsSeenInKafkaStreamsMetrics() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        StreamRecord first = Ingress.pages(1, 3, page, new byte[PAGE]);
        transformer.send(first);
        page[0]++;
        transformer.send(Ingress.pages(2, 3, page));
        transformer.send(first);

        assertThat(metric("pages-normal-total")).isEqualTo(1);
        assertThat(metric("pages-zero-total")).isEqualTo(1);
        assertThat(metric("pages-xbzrle-total")).isEqualTo(1);
        assertThat(metric("cache-hits-total")).isEqualTo(1);
        assertThat(metric("cache-misses-total")).isEqualTo(1);
        assertThat(metric("records-repeated-total")).isEqualTo(1);
        assertThat(metric("bytes-out-total")).isEqualTo((double) transformer.counters.bytesOut());
    }

    private double metric(String name) {
        return transformer.driver.metrics().entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(name)
                        && entry.getKey().group().equals("stream-godwit-metrics"))
                .mapToDouble(entry -> (double) entry.getValue().metricValue())
                .sum();
    }

    @Test
    void aRecordMetAgainGoesInFullAndItsPagesLeaveTheCache() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send(Ingress.pages(1, 3, page));
        byte[] edited = page.clone();
        edited[5]++;
        StreamRecord second = Ingress.pages(2, 3, edited);
        transformer.send(second);
        transformer.stream("a");

        transformer.send(second);
        byte[] again = transformer.raw("a").get(0).value();
        PageBatch third = transformer.sendBatch(Ingress.pages(3, 3, edited));

        assertThat(again).isEqualTo(StreamRecordEncoder.encode(second));
        assertRun(third.runs(), 0, 3, 1, PageEncoding.NORMAL, Ingress.checksum(3, edited));
        assertThat(transformer.counters.repeatedRecords()).isOne();
    }

    @Test
    void aRecordMetAgainLeavesTheLanesOtherPagesInTheCache() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        StreamRecord other = Ingress.pages(1, 9, randomPage());
        transformer.send(other);
        transformer.send(Ingress.pages(2, 3, page));
        transformer.send(other);
        transformer.stream("a");

        assertThat(transformer.sendBatch(Ingress.pages(3, 3, page)).unchanged()).isOne();
    }

    @Test
    void aGapInTheSequencesClearsTheLanesCache() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send(Ingress.pages(1, 3, page));
        transformer.stream("a");

        assertThat(transformer.sendBatch(Ingress.pages(3, 3, page)).unchanged()).isZero();
    }

    @Test
    void aNewAttemptOfTheSameStreamFindsTheCacheAsItWas() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send(Ingress.pages(1, 3, page));
        transformer.send(Ingress.start("a", 2, "stream-a"));
        transformer.stream("a");

        assertThat(transformer.sendBatch(attempt(2, Ingress.pages(1, 3, page))).unchanged())
                .isOne();
    }

    @Test
    void anAttemptThatIsNotTheNextOneClearsTheCache() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send(Ingress.pages(1, 3, page));
        transformer.send(Ingress.start("a", 3, "stream-a"));
        transformer.stream("a");

        // What was met of attempt 1 may have come late: then targets have left it for attempt 2.
        assertThat(transformer.sendBatch(attempt(3, Ingress.pages(1, 3, page))).unchanged())
                .isZero();
    }

    @Test
    void aNewAttemptWithoutItsStartClearsTheCache() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send(Ingress.pages(1, 3, page));
        transformer.stream("a");

        assertThat(transformer.sendBatch(attempt(2, Ingress.pages(1, 3, page))).unchanged())
                .isZero();
    }

    @Test
    void aStreamMadeAnewClearsTheCache() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send(Ingress.pages(1, 3, page));
        transformer.topics.create(Topics.stream("a"), "stream-a2");
        transformer.send(Ingress.start("a", 2, "stream-a2"));
        transformer.stream("a");

        assertThat(transformer.sendBatch(attempt(2, Ingress.pages(1, 3, page))).unchanged())
                .isZero();
    }

    @Test
    void aLaneMetInItsMiddleHasNothingToOfferANewAttempt() {
        byte[] page = randomPage();
        transformer.send(Ingress.pages(7, 3, page));
        transformer.send(Ingress.start("a", 2, "stream-a"));
        transformer.stream("a");

        // Whoever met records 1 to 6 may have had to refuse one: then targets never applied number 7.
        assertThat(transformer.sendBatch(attempt(2, Ingress.pages(1, 3, page))).unchanged())
                .isZero();
    }

    @Test
    void aLaneWithAHoleHasNothingToOfferANewAttempt() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send(Ingress.pages(2, 3, page));
        transformer.send(Ingress.start("a", 2, "stream-a"));
        transformer.stream("a");

        assertThat(transformer.sendBatch(attempt(2, Ingress.pages(1, 3, page))).unchanged())
                .isZero();
    }

    @Test
    void anOlderAttemptGoesAsItIsAndTouchesNothing() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send(Ingress.pages(1, 3, page));
        transformer.send(Ingress.start("a", 2, "stream-a"));
        StreamRecord zombie = Ingress.pages(2, 3, randomPage());
        transformer.send(zombie);
        List<TestRecord<String, byte[]>> out = transformer.raw("a");

        assertThat(out.get(3).value()).isEqualTo(StreamRecordEncoder.encode(zombie));
        assertThat(transformer.sendBatch(attempt(2, Ingress.pages(1, 3, page))).unchanged())
                .isOne();
    }

    @Test
    void twoMigrationsDoNotKnowOfEachOther() {
        byte[] page = randomPage();
        transformer.send(Ingress.start());
        transformer.send(Ingress.pages(1, 3, page));
        transformer.send(Ingress.start("b", 1, "stream-b"));
        StreamRecord b = Ingress.pages(1, 3, page);
        transformer.send(new StreamRecord("b", 1, 0, 1, b.body()));

        PageBatch out = (PageBatch) transformer.stream("b").get(1).body();
        assertRun(out.runs(), 0, 3, 1, PageEncoding.NORMAL, Ingress.checksum(3, page));
        assertThat(transformer.stream("a")).hasSize(2);
    }

    @Test
    void anEndedLaneIsAnnouncedAndForgotten() {
        transformer.send(Ingress.start());
        transformer.send(Ingress.pages(1, 3, randomPage()));
        transformer.send(Ingress.end(2));

        assertThat(transformer.stream("a").get(2).body()).isEqualTo(new EndOfStream(1, 2));
        assertThat(transformer.statuses()).last().satisfies(status -> {
            assertThat(status.key()).isEqualTo("a/lane-ended/1/0");
            assertThat(status.state()).isEqualTo(MigrationState.LANE_ENDED);
            assertThat(status.agent()).isEqualTo("test-agent");
            assertThat(status.totals().normal()).isEqualTo(1);
            assertThat(status.totals().payloadBytes()).isEqualTo(4096);
            assertThat(status.totals().wireBytes()).isGreaterThan(4096).isLessThan(5000);
        });
        assertThat(transformer.budget.usedBytes()).isZero();
    }

    @Test
    void theTotalsOfALaneWithARecordThatWasMetTwiceAreNotKnown() {
        transformer.send(Ingress.start());
        StreamRecord pages = Ingress.pages(1, 3, randomPage());
        transformer.send(pages);
        transformer.send(pages);
        transformer.send(Ingress.end(2));

        assertThat(transformer.statuses()).last().satisfies(status -> {
            assertThat(status.state()).isEqualTo(MigrationState.LANE_ENDED);
            assertThat(status.totals()).isNull();
        });
    }

    @Test
    void theStartOfALaneAndTheEndsOfItsRoundsAreAnnouncedOnceTheyAreOnTheStream() {
        transformer.send(Ingress.start());
        transformer.send(new StreamRecord("a", 1, 0, 1, new RoundEnd(1)));
        transformer.send(new StreamRecord("a", 1, 0, 2, new RoundEnd(2)));

        assertThat(transformer.statuses())
                .extracting(MigrationStatus::key, MigrationStatus::round)
                .containsExactly(
                        tuple("a/lane-at-round/1/0", 0),
                        tuple("a/lane-at-round/1/0", 1),
                        tuple("a/lane-at-round/1/0", 2));
    }

    @Test
    void randomBytesGoToTheDeadLettersAndAFailureStandsInTheirLane() {
        transformer.send(Ingress.start());
        transformer.send(Ingress.pages(1, 3, randomPage()));
        transformer.stream("a");
        long offset = transformer.send("a/0", new byte[] {1, 2, 3});

        StreamRecord failure = transformer.one();
        assertThat(failure.body()).isInstanceOf(StreamFailure.class);
        assertThat(failure.place()).isEqualTo("migration a, attempt 1, lane 0, sequence 2");
        assertThat(transformer.deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.topic()).isEqualTo(Topics.PAGES);
            assertThat(letter.offset()).isEqualTo(offset);
            assertThat(letter.bytes()).isEqualTo(3);
            assertThat(letter.migration()).isEqualTo("a");
            assertThat(letter.lane()).isZero();
            assertThat(letter.reason()).isEqualTo("record of 3 bytes is shorter than its header of 10 bytes");
        });
        assertThat(transformer.statuses()).last().satisfies(status -> {
            assertThat(status.key()).isEqualTo("a/failed/1/0");
            assertThat(status.state()).isEqualTo(MigrationState.FAILED);
        });
    }

    @Test
    void anUnreadableFirstRecordFailsAttemptOneAtSequenceZero() {
        transformer.send("a/0", new byte[] {1, 2, 3});

        assertThat(transformer.one().place()).isEqualTo("migration a, attempt 1, lane 0, sequence 0");
    }

    @Test
    void anUnreadableRecordLeavesNoBaseForTheNextAttempt() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send("a/0", new byte[12]);
        transformer.send(Ingress.pages(2, 3, page));
        transformer.send(Ingress.start("a", 2, "stream-a"));
        transformer.stream("a");

        // Targets stopped at sequence 1 and never applied 2.
        assertThat(transformer.sendBatch(attempt(2, Ingress.pages(1, 3, page))).unchanged())
                .isZero();
    }

    @Test
    void aRecordWithoutAReadableKeyIsADeadLetterAndNothingElse() {
        for (String key : Arrays.asList("a", "a/", "a/x", "a/-1", "a/00", "a/1024", "/0", "a b/0", "", null)) {
            transformer.send(key, StreamRecordEncoder.encode(Ingress.start()));
        }

        assertThat(transformer.deadLetters()).hasSize(10).allSatisfy(letter -> {
            assertThat(letter.migration()).isEmpty();
            assertThat(letter.reason()).isEqualTo("the record's key is not migration/lane");
        });
        assertThat(transformer.statuses()).isEmpty();
        assertThat(transformer.raw("a")).isEmpty();
    }

    @Test
    void aRecordUnderAnotherLanesKeyFailsTheLaneOfItsKey() {
        transformer.send("a/0", StreamRecordEncoder.encode(Ingress.start("b", 1, "stream-b")));

        assertThat(transformer.one().body()).isInstanceOf(StreamFailure.class);
        assertThat(transformer.raw("b")).isEmpty();
        assertThat(transformer.deadLetters())
                .extracting(DeadLetter::reason)
                .containsExactly(
                        "record of migration b, attempt 1, lane 0, sequence 0 has the key of migration a, lane 0");
    }

    @Test
    void aRecordWithoutAValueFailsItsLane() {
        transformer.send("a/0", null);

        assertThat(transformer.one().body()).isEqualTo(new StreamFailure("record has no value"));
    }

    @Test
    void aDamagedPayloadFailsItsLane() {
        transformer.send(Ingress.start());
        transformer.one();
        PageBatch good = Ingress.normal(PayloadCompression.LZ4, 0, textPage());
        byte[] payload = Arrays.copyOf(good.payload(), good.payloadLength() - 5);
        PageBatch bad = new PageBatch(1, 0, good.runs(), 0, 0, PayloadCompression.LZ4, payload, 0, payload.length);
        transformer.send(Ingress.batch(1, bad));

        StreamRecord failure = transformer.one();
        assertThat(failure.place()).isEqualTo("migration a, attempt 1, lane 0, sequence 1");
        assertThat(failure.body()).isInstanceOf(StreamFailure.class);
        assertThat(transformer.deadLetters()).extracting(DeadLetter::sequence).containsExactly(1L);
    }

    @Test
    void aRunThatIsTakenApartAndDoesNotMatchItsChecksumFailsItsLane() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        byte[] other = randomPage();
        transformer.send(Ingress.pages(1, 3, page));
        transformer.stream("a");

        transformer.send(Ingress.batch(2, wrongChecksum(3, page, other)));
        transformer.send(Ingress.batch(3, wrongChecksum(7, page, new byte[PAGE])));

        assertThat(transformer.stream("a"))
                .extracting(StreamRecord::sequence, record -> record.body().getClass())
                .containsExactly(tuple(2L, StreamFailure.class), tuple(3L, StreamFailure.class));
        assertThat(transformer.deadLetters()).extracting(DeadLetter::reason).allSatisfy(reason -> assertThat(reason)
                .contains("checksum of block 0, pages ", "the record says"));
    }

    @Test
    void aPageBeyondEveryBlockFailsItsLane() {
        transformer.send(Ingress.start());
        transformer.one();
        transformer.send(Ingress.batch(1, zeroRun(Integer.MAX_VALUE - 9L, 100)));

        assertThat(transformer.one().body()).isInstanceOf(StreamFailure.class);
    }

    @Test
    void aZeroRunOfAnyLengthIsTakenAtOnce() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send(Ingress.pages(1, 3, page));
        transformer.stream("a");
        PageBatch all = zeroRun(0, Integer.MAX_VALUE - 8);

        assertThat(transformer.sendBatch(Ingress.batch(2, all)).runs().size()).isOne();
        assertThat(transformer.sendBatch(Ingress.pages(3, 3, page)).unchanged()).isZero();
    }

    @Test
    void aBatchWithEncodingsOfTheStreamGoesAsItIsAndItsPagesLeaveTheCache() {
        transformer.send(Ingress.start());
        byte[] page = randomPage();
        transformer.send(Ingress.pages(1, 3, page));
        PageRuns runs = new PageRuns(1);
        runs.add(3, 1, PageEncoding.XBZRLE, 3, 77);
        StreamRecord delta = Ingress.batch(2, Ingress.batch(PayloadCompression.NONE, runs, new byte[] {0, 1, 5}));
        transformer.send(delta);

        assertThat(transformer.raw("a").get(2).value()).isEqualTo(StreamRecordEncoder.encode(delta));
        assertThat(transformer.sendBatch(Ingress.pages(3, 3, page)).unchanged()).isZero();
    }

    @Test
    void aMigrationWithoutAStreamTopicIsDroppedWithOneDeadLetter() {
        transformer.topics.delete(Topics.stream("a"));
        transformer.send(Ingress.start());
        transformer.send(Ingress.pages(1, 3, randomPage()));
        transformer.send("a/0", new byte[3]);
        transformer.send(Ingress.end(2));

        assertThat(transformer.raw("a")).isEmpty();
        assertThat(transformer.statuses()).isEmpty();
        assertThat(transformer.deadLetters())
                .extracting(DeadLetter::reason)
                .containsExactly(
                        "topic godwit.stream.a does not exist; records of the lane are dropped until its next start");
        assertThat(transformer.counters.droppedRecords()).isEqualTo(4);
    }

    @Test
    void theNextStartOpensTheLaneAgain() {
        transformer.topics.delete(Topics.stream("a"));
        transformer.send(Ingress.start());
        transformer.topics.create(Topics.stream("a"), "stream-a2");
        transformer.send(Ingress.start("a", 2, "stream-a2"));

        assertThat(transformer.one().attempt()).isEqualTo(2);
    }

    @Test
    void whatIsLeftOfADeletedMigrationDoesNotReachItsNamesake() {
        transformer.send(Ingress.start("a", 1, "stream-before"));
        transformer.send(Ingress.pages(1, 3, randomPage()));

        assertThat(transformer.raw("a")).isEmpty();
        assertThat(transformer.deadLetters())
                .extracting(DeadLetter::reason)
                .singleElement()
                .asString()
                .contains("has the id stream-a, not stream-before");
    }

    @Test
    void aLaneThatTheTopicHasNoPartitionForClosesItsMigrationAlone() {
        transformer.send(new StreamRecord("a", 1, 1, 0, Ingress.start().body()));
        transformer.send(new StreamRecord("a", 1, 1, 1, Ingress.roundEnd(1).body()));
        transformer.send(new StreamRecord("a", 1, 1, 2, Ingress.roundEnd(1).body()));
        transformer.send(Ingress.start("b", 1, "stream-b"));

        assertThat(transformer.raw("a")).isEmpty();
        assertThat(transformer.stream("b")).hasSize(1);
        assertThat(transformer.deadLetters()).hasSize(1).first().satisfies(letter -> {
            assertThat(letter.lane()).isOne();
            assertThat(letter.reason()).contains("topic godwit.stream.a has 1 partitions, none for lane 1");
        });
    }

    private void restart(long budgetBytes, PayloadCompression compression) {
        transformer.close();
        transformer = new TransformerHarness(transformer.topics, budgetBytes, compression);
    }

    private static StreamRecord attempt(int attempt, StreamRecord record) {
        return new StreamRecord(record.migration(), attempt, record.lane(), record.sequence(), record.body());
    }

    private static PageBatch wrongChecksum(long index, byte[]... pages) {
        PageRuns runs = new PageRuns(1);
        runs.add(index, pages.length, PageEncoding.NORMAL, pages.length * PAGE, Ingress.checksum(index, pages) + 1);
        return Ingress.batch(PayloadCompression.NONE, runs, pages);
    }

    private static PageBatch zeroRun(long index, int count) {
        PageRuns runs = new PageRuns(1);
        runs.add(index, count, PageEncoding.ZERO, 0, 0);
        return Ingress.batch(PayloadCompression.NONE, runs);
    }

    private static void assertRun(PageRuns runs, int run, long index, int count, PageEncoding encoding, long checksum) {
        assertThat(runs.index(run)).isEqualTo(index);
        assertThat(runs.count(run)).isEqualTo(count);
        assertThat(runs.encoding(run)).isEqualTo(encoding);
        assertThat(runs.checksum(run)).isEqualTo(checksum);
    }

    private byte[] randomPage() {
        byte[] page = new byte[PAGE];
        random.nextBytes(page);
        return page;
    }

    private byte[] textPage() {
        byte[] page = new byte[PAGE];
        for (int i = 0; i < PAGE; i++) {
            page[i] = (byte) "etaoin shrdlu".charAt(random.nextInt(13));
        }
        return page;
    }

    private static byte[] fillPage(int value) {
        byte[] page = new byte[PAGE];
        Arrays.fill(page, (byte) value);
        return page;
    }

    private static byte[] concat(byte[]... parts) {
        ByteBuffer joined = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        Arrays.stream(parts).forEach(joined::put);
        return joined.array();
    }
}
