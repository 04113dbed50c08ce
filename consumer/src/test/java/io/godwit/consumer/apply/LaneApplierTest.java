package io.godwit.consumer.apply;

import static io.godwit.consumer.apply.StreamScript.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.consumer.sink.TargetException;
import io.godwit.payload.PayloadCompression;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.PageEncoding;
import io.godwit.record.StreamBody.DeviceState;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamFailure;
import io.godwit.report.PageCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LaneApplierTest {
    private final Random random = new Random(7);

    @TempDir
    Path directory;

    private StreamScript script;

    @BeforeEach
    void twoLanes() {
        script = new StreamScript(2, 16, 4);
    }

    @ParameterizedTest
    @EnumSource(PayloadCompression.class)
    void pagesOfEveryEncodingAreRebuilt(PayloadCompression compression) throws Exception {
        script.begin(1);
        script.batch(1, 0)
                .normal(0, text(), text())
                .zero(2, 2)
                .fill(8, 4, 0x5A)
                .compressed(compression)
                .send(0);
        script.batch(1, 0).normal(4, text()).compressed(compression).send(1);
        script.endRound(1);
        script.batch(2, 0)
                .delta(0, edited(0, 0))
                .delta(1, edited(0, 1))
                .zero(8, 1)
                .fill(9, 1, 0)
                .delta(10, edited(0, 10))
                .compressed(compression)
                .send(0);
        script.endRound(2).end();

        try (TestTarget target = TestTarget.open(script, directory)) {
            target.readAll(script);

            target.assertComplete(script);
            assertThat(target.target.counters().pages()).isEqualTo(new PageCounts(3L, 3L, 5L, 3L, 0L, 0L));
            assertThat(target.target.counters().bytes().guest()).isEqualTo(14L * StreamScript.PAGE_SIZE);
            assertThat(target.target.round()).isEqualTo(2);
        }
    }

    @Test
    void recordsThatAreDeliveredTwiceCountOnce() throws Exception {
        simpleStream();
        var lane = script.log.get(0);
        // A transformer that died after its last commit sends the end of the lane again; then once more from the start.
        lane.addAll(2, lane.subList(0, 2));
        lane.addAll(lane.subList(1, lane.size()));

        try (TestTarget target = TestTarget.open(script, directory)) {
            target.readAll(script);

            target.assertComplete(script);
        }
    }

    @Test
    void noAttemptBeginsAfterTheEndOfTheOneBeforeWasSealed() throws Exception {
        simpleStream();
        int ended = script.log.get(0).size();
        try (TestTarget target = TestTarget.open(script, directory)) {
            assertThat(target.target.barrier().seal()).isFalse();
            target.readAll(script);
            assertThat(target.target.barrier().seal()).isTrue();

            script.begin(2);
            assertThatThrownBy(() -> target.accept(script, 0, ended))
                    .isInstanceOf(RefusedStreamException.class)
                    .hasMessageContaining("attempt 2")
                    .hasMessageContaining("after all of the one before was verified");
            assertThat(target.target.barrier().newestAttempt()).isEqualTo(1);
        }
    }

    @Test
    void aHoleInALaneStopsTheReceiver() throws Exception {
        simpleStream();
        script.log.get(0).remove(1);

        assertRefused(
                "migration vm1, attempt 1, lane 0, sequence 2: sequence 1 was to come next: the stream has a hole");
    }

    @Test
    void aHoleThatIsFilledByAReplayDoesNotStopTheReceiver() throws Exception {
        simpleStream();
        List<byte[]> lane = script.log.get(0);
        // A transformer that lost a record's place writes the next one, then begins again at the one it lost.
        lane.add(1, lane.get(2));

        try (TestTarget target = TestTarget.open(script, directory)) {
            target.readAll(script);
            target.assertComplete(script);
        }
    }

    @Test
    void aHoleAtTheEndOfALaneIsGivenTimeToBeFilled() throws Exception {
        simpleStream();

        try (TestTarget target = TestTarget.open(script, directory)) {
            target.accept(script, 0, 0);
            target.accept(script, 0, 2);
            target.lanes.get(0).reached(script.log.get(0).size());
        }
    }

    @Test
    void aRecordThatCannotBeReadStopsTheReceiver() throws Exception {
        simpleStream();
        script.log.get(1).set(1, new byte[] {1, 2, 3});

        assertRefused("migration vm1, lane 1, sequence 1 expected at offset 1: the record cannot be read");
    }

    @Test
    void aRecordOfAnotherLaneStopsTheReceiver() throws Exception {
        simpleStream();
        script.log.get(1).set(1, script.log.get(0).get(1));

        assertRefused("lies at offset 1 of lane 1 of migration vm1, where it does not belong");
    }

    @ParameterizedTest
    @EnumSource(
            value = PayloadCompression.class,
            names = {"LZ4", "ZSTD", "NONE"})
    void aFlippedBitInAPayloadIsRefusedAndMemoryUntouched(PayloadCompression compression) throws Exception {
        for (int bit = 0; bit < 64; bit++) {
            StreamScript damaged = new StreamScript(1, 4);
            damaged.begin(1);
            damaged.batch(1, 0)
                    .normal(0, text(), text())
                    .compressed(compression)
                    .send(0);
            byte[] record = damaged.log.get(0).get(1);
            int at = record.length - 1 - bit;
            record[at] ^= (byte) (1 << (bit % 8));
            byte[][] before = {new byte[4 * StreamScript.PAGE_SIZE]};

            try (TestTarget target = TestTarget.open(damaged, directory.resolve(compression + "-" + bit))) {
                assertThatThrownBy(() -> target.readAll(damaged))
                        .isInstanceOf(RefusedStreamException.class)
                        .hasMessageStartingWith("migration vm1, attempt 1, lane 0, sequence 1: ");
                assertThat(target.memory()).isDeepEqualTo(before);
            }
        }
    }

    @Test
    void aChecksumThatDoesNotMatchIsRefusedAndMemoryUntouched() throws Exception {
        script.begin(1);
        script.batch(1, 0)
                .run(8, 1, PageEncoding.NORMAL, filled(3), StreamScript.hash(0, 8, filled(3)) + 1)
                .send(0);

        assertRefused(
                "migration vm1, attempt 1, lane 0, sequence 1: block block0, page 8 (run of 1, NORMAL): the pages'"
                        + " checksum is");
        assertMemoryIsZero();
    }

    @Test
    void aChecksumAndADigestThatDoNotMatchAreCounted() throws Exception {
        script.begin(1);
        script.batch(1, 0).run(4, 2, PageEncoding.FILL, new byte[] {9}, 1).send(1);
        script.endRound(1);
        script.add(0, new EndOfStream(script.lanes.pagesOf(0), script.digest(0) + 1));

        try (TestTarget target = TestTarget.open(script, directory)) {
            assertThatThrownBy(() -> target.read(script, 1)).hasMessageContaining("checksum");
            assertThatThrownBy(() -> target.read(script, 0)).hasMessageContaining("digest");
            assertThat(target.target.counters().verificationFailures()).isEqualTo(2);
        }
    }

    @Test
    void pagesThatChangedPlacesAreRefused() throws Exception {
        byte[] one = text();
        byte[] other = text();
        script.begin(1);
        script.batch(1, 0)
                .run(
                        0,
                        2,
                        PageEncoding.NORMAL,
                        concat(other, one),
                        StreamScript.hash(0, 0, one) + StreamScript.hash(0, 1, other))
                .send(0);

        assertRefused("page 0 (run of 2, NORMAL): the pages' checksum is");
        assertMemoryIsZero();
    }

    @Test
    void aZeroOrFillRunWithAnotherChecksumIsRefused() throws Exception {
        script.begin(1);
        script.batch(1, 0).run(0, 2, PageEncoding.ZERO, new byte[0], 1).send(0);
        script.batch(1, 0).run(4, 2, PageEncoding.FILL, new byte[] {9}, 1).send(1);

        assertRefused("page 0 (run of 2, ZERO): the pages' checksum is");
        try (TestTarget target = TestTarget.open(script, directory)) {
            assertThatThrownBy(() -> target.read(script, 1)).hasMessageContaining("page 4 (run of 2, FILL)");
        }
        assertMemoryIsZero();
    }

    @Test
    void aDeltaThatBreaksTheFormatIsRefusedAndItsBaseUntouched() throws Exception {
        script.begin(1);
        script.batch(1, 0).normal(0, text()).send(0);
        byte[] base = script.page(0, 0);
        script.endRound(1);
        script.batch(2, 0).delta(0, filled(1), new byte[] {0, 0}).send(0);

        assertRefused("lane 0, sequence 3: block block0, page 0 (run of 1, XBZRLE): delta has ");
        try (TestTarget target = TestTarget.open(script, directory)) {
            assertThat(target.memory()[0]).startsWith(base);
        }
    }

    @Test
    void aDeltaAgainstAnotherBaseIsRefusedAndItsBaseUntouched() throws Exception {
        script.begin(1);
        script.batch(1, 0).normal(0, text()).send(0);
        byte[] base = script.page(0, 0);
        script.endRound(1);
        script.setPage(0, 0, text());
        script.batch(2, 0).delta(0, edited(0, 0)).send(0);

        assertRefused("page 0 (run of 1, XBZRLE): the pages' checksum is");
        try (TestTarget target = TestTarget.open(script, directory)) {
            assertThat(target.memory()[0]).startsWith(base);
        }
    }

    @Test
    void aRunOfAnotherLaneIsRefused() throws Exception {
        script.begin(1);
        script.batch(1, 0).normal(4, text()).send(0);

        assertRefused("belongs to lane 1, not 0");
        assertMemoryIsZero();
    }

    @Test
    void anEosMarkerWithAnotherDigestIsRefused() throws Exception {
        script.begin(1);
        script.batch(1, 0).normal(0, text()).send(0);
        script.endRound(1);
        script.add(0, new EndOfStream(script.lanes.pagesOf(0), script.digest(0) + 1));

        assertRefused("lane 0, sequence 3: the lane's digest is");
    }

    @Test
    void anEosMarkerThatCountsOtherPagesIsRefused() throws Exception {
        script.begin(1).endRound(1);
        script.add(0, new EndOfStream(script.lanes.pagesOf(0) + 1, 0));

        assertRefused("the EOS marker counts 13 pages, the lane has 12");
    }

    @Test
    void aRecordAfterTheEosMarkerIsRefused() throws Exception {
        simpleStream();
        script.add(0, new RoundEnd(2));

        assertRefused("the lane had ended before");
    }

    @Test
    void aRoundOutOfTurnIsRefused() throws Exception {
        script.begin(1);
        script.add(0, new RoundEnd(2));

        assertRefused("it belongs to round 2, the lane is in round 1");
    }

    @Test
    void aNewerAttemptGoesOnFromTheMemoryOfTheOlder() throws Exception {
        script.begin(1);
        script.batch(1, 0).normal(0, text(), text()).send(0);
        script.begin(2);
        // The transformer's cache survives: what has not changed since attempt 1 is a delta, or nothing at all.
        script.batch(1, 0).delta(0, edited(0, 0)).delta(1, script.page(0, 1)).send(0);
        script.endRound(1).end();

        try (TestTarget target = TestTarget.open(script, directory)) {
            target.readAll(script);

            target.assertComplete(script);
            assertThat(target.target.counters().pages().unchanged()).isEqualTo(1);
            assertThat(target.target.barrier().newestAttempt()).isEqualTo(2);
        }
    }

    @Test
    void anOlderAttemptIsFencedOff() throws Exception {
        script.begin(1);
        script.batch(1, 0).normal(0, text()).send(0);
        byte[] late = script.encode(0, 2, script.batch(1, 0).normal(1, text()).build());
        script.begin(2);
        script.batch(1, 0).normal(0, text()).normal(1, text()).send(0);
        script.log.get(0).add(late);
        script.endRound(1).end();

        try (TestTarget target = TestTarget.open(script, directory)) {
            target.readAll(script);

            target.assertComplete(script);
        }
    }

    @Test
    void lanesThatEndedInDifferentAttemptsAreNotComplete() throws Exception {
        script.begin(1).endRound(1);
        script.add(0, script.endOf(0));
        script.begin(2).endRound(1).end();

        try (TestTarget target = TestTarget.open(script, directory)) {
            for (int offset = 0; offset < 3; offset++) {
                target.accept(script, 0, offset);
            }
            assertThat(target.target.barrier().lanesEnded()).isEqualTo(1);
            target.read(script, 1);
            assertThat(target.target.barrier().outcome()).isEqualTo(LaneBarrier.Outcome.OPEN);
            for (int offset = 3; offset < 6; offset++) {
                target.accept(script, 0, offset);
            }
            target.assertComplete(script);
        }
    }

    @Test
    void leftoversOfAnotherStreamAreSkipped() throws Exception {
        script.stream = "stream-0";
        script.begin(3);
        script.batch(1, 0).normal(0, text()).send(0);
        script.stream = StreamScript.STREAM;
        script.begin(4);
        script.batch(1, 0).normal(0, text()).send(0);
        script.endRound(1).end();

        try (TestTarget target = TestTarget.open(script, directory)) {
            target.readAll(script);

            target.assertComplete(script);
        }
    }

    @Test
    void leftoversAloneAreNoFault() throws Exception {
        script.stream = "stream-0";
        script.begin(3);
        script.batch(1, 0).normal(0, text()).send(0);
        script.add(0, new StreamFailure("damaged"));

        receiveAll();

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whatCouldNotBeReadBeforeAnAttemptBeganIsNoFaultOfIt() throws Exception {
        script.attempt = 1;
        script.add(0, new StreamFailure("not a record"));
        simpleStream();

        try (TestTarget target = TestTarget.open(script, directory)) {
            target.readAll(script);

            target.assertComplete(script);
        }
    }

    @Test
    void aFailureOfTheTransformerStopsTheReceiverAtTheEndOfTheLane() throws Exception {
        script.begin(1);
        script.add(0, new StreamFailure("field run count is -1"));
        script.batch(1, 0).normal(0, text()).send(0);

        try (TestTarget target = TestTarget.open(script, directory)) {
            target.accept(script, 0, 0);
            target.accept(script, 0, 1);
            target.lanes.get(0).reached(2);
            target.accept(script, 0, 2);

            assertThatThrownBy(() -> target.lanes.get(0).reached(3))
                    .isInstanceOf(RefusedStreamException.class)
                    .hasMessage(
                            "migration vm1, attempt 1, lane 0, sequence 1: the transformer could not read a record of"
                                    + " this lane (field run count is -1); send the migration again");
            assertThat(target.memory()[0])
                    .as("what follows the failure is passed over")
                    .containsOnly(0);
        }
    }

    @Test
    void aRecordWhosePlaceAFailureHasTakenIsNoneThatWasApplied() throws Exception {
        script.begin(1);
        script.add(0, new StreamFailure("of somebody else, guessed to be the next"));
        script.sequences[0]--;
        script.batch(1, 0).normal(0, text()).send(0);
        script.batch(1, 0).delta(0, edited(0, 0)).send(0);
        script.begin(2);
        script.batch(1, 0).normal(0, text()).send(0);
        script.endRound(1).end();

        try (TestTarget target = TestTarget.open(script, directory)) {
            target.readAll(script);

            target.assertComplete(script);
        }
    }

    @Test
    void aHeldFaultIsRememberedByTheNextReceiver() throws Exception {
        script.begin(1);
        script.add(0, new StreamFailure("damaged"));
        script.batch(1, 0).normal(0, text()).send(0);
        try (TestTarget target = TestTarget.open(script, directory)) {
            for (int offset = 0; offset < 3; offset++) {
                target.accept(script, 0, offset);
            }
        }

        assertRefused("the transformer could not read a record of this lane (damaged)");
    }

    @Test
    void aNewerAttemptMakesAHeldFaultVoid() throws Exception {
        script.begin(1);
        script.add(0, new StreamFailure("damaged"));
        script.batch(1, 0).normal(0, text()).send(0);
        script.begin(2);
        script.batch(1, 0).normal(0, text()).send(0);
        script.endRound(1).end();

        try (TestTarget target = TestTarget.open(script, directory)) {
            target.readAll(script);

            target.assertComplete(script);
        }
    }

    @Test
    void aFaultHidesNeitherBehindADigestNorBehindARound() throws Exception {
        script.begin(1);
        script.setPage(0, 0, text());
        script.add(0, new StreamFailure("damaged"));
        script.add(0, new RoundEnd(2));
        script.add(0, script.endOf(0));

        assertRefused("the transformer could not read a record of this lane (damaged)");
    }

    @Test
    void aLaneWithAFaultIsNeitherAtARoundNorEnded() throws Exception {
        script = new StreamScript(1, 4);
        script.begin(1);
        script.add(0, new StreamFailure("damaged"));
        script.endRound(1).end();

        try (TestTarget target = TestTarget.open(script, directory, OptionalInt.of(1))) {
            for (int offset = 0; offset < script.log.get(0).size(); offset++) {
                target.accept(script, 0, offset);
                assertThat(target.target.barrier().outcome()).isEqualTo(LaneBarrier.Outcome.OPEN);
                assertThat(target.target.barrier().isWaiting(0)).isFalse();
            }
        }
    }

    @Test
    void aLaneThatDoesNotBeginWithItsStartIsRefusedAtItsEnd() throws Exception {
        simpleStream();
        script.log.get(1).remove(0);

        assertRefused("migration vm1, attempt 1, lane 1, sequence 1: the attempt does not begin with its start");
    }

    @Test
    void lanesWhoseStartsDisagreeAreRefused() throws Exception {
        simpleStream();
        StreamScript other = new StreamScript(2, 16, 8);
        other.begin(1);
        script.log.get(1).set(0, other.log.get(1).get(0));

        assertRefused("lane 1, sequence 0: the start gives RAM blocks other than those that were begun with");
    }

    @Test
    void aStartOfOtherLanesThanTheTopicHasIsRefusedBeforeAnythingIsWritten() throws Exception {
        StreamScript other = new StreamScript(4, 16, 4);
        other.begin(1);
        script.log.get(0).add(other.log.get(0).get(0));

        assertRefused("the start gives 4 lanes, its topic has 2");
        assertThat(directory.resolve(RamDirectory.MANIFEST_FILE)).doesNotExist();
    }

    @Test
    void deviceStateIsThereOnceTheMigrationIsComplete() throws Exception {
        script.source = "qemu";
        script.begin(1);
        script.endRound(1);
        script.add(0, new DeviceState(0, false, new byte[] {1, 2}));
        script.add(0, new DeviceState(1, true, new byte[] {3}));
        script.end();
        Path state = directory.resolve(RamDirectory.DEVICE_STATE_FILE);

        try (TestTarget target = TestTarget.open(script, directory)) {
            target.readAll(script);
            assertThat(state).doesNotExist();
            target.assertComplete(script);
            assertThat(state).hasBinaryContent(new byte[] {1, 2, 3});
        }
    }

    @Test
    void aNewAttemptBringsItsOwnDeviceState() throws Exception {
        script.source = "qemu";
        script.begin(1).endRound(1);
        script.add(0, new DeviceState(0, false, new byte[] {1, 2, 3, 4, 5}));
        script.begin(2).endRound(1);
        script.add(0, new DeviceState(0, true, new byte[] {9}));
        script.end();

        try (TestTarget target = TestTarget.open(script, directory)) {
            target.readAll(script);
            target.assertComplete(script);
            assertThat(directory.resolve(RamDirectory.DEVICE_STATE_FILE)).hasBinaryContent(new byte[] {9});
        }
    }

    @Test
    void anEndWithoutTheDeviceStateThatWasPromisedIsRefused() throws Exception {
        script.source = "qemu";
        script.begin(1).endRound(1);
        script.add(0, new DeviceState(0, false, new byte[] {1}));
        script.end();

        try (TestTarget target = TestTarget.open(script, directory)) {
            target.readAll(script);
            assertThatThrownBy(target.target::prepare)
                    .isInstanceOf(RefusedStreamException.class)
                    .hasMessageContaining("the stream ended without the last chunk of device state");
        }
    }

    @Test
    void deviceStateOutOfPlaceIsRefused() throws Exception {
        script.begin(1);
        script.add(0, new DeviceState(1, false, new byte[] {1}));

        assertRefused("chunk 1 of device state is out of place");
    }

    @Test
    void aRoundThatWasPassedIsRefused() throws Exception {
        script.begin(1).endRound(1);
        script.batch(2, 0).normal(0, text()).send(0);
        receiveAll();

        assertRoundIsRefused(1);
    }

    @Test
    void aRoundWhoseNextRecordMayBeAppliedInPartIsRefused() throws Exception {
        script.begin(1).endRound(1);
        receiveAll();
        script.batch(2, 0).normal(0, text()).send(0);
        try (TestTarget target =
                TestTarget.open(script, directory, OptionalInt.empty(), store -> new KillingStore(store, 0, random))) {
            assertThatThrownBy(() -> target.readAll(script)).isInstanceOf(KillingStore.Killed.class);
        }

        assertRoundIsRefused(1);
    }

    @Test
    void aMigrationOfFewerRoundsIsReceivedToItsEnd() throws Exception {
        simpleStream();

        try (TestTarget target = TestTarget.open(script, directory, OptionalInt.of(5))) {
            target.readAll(script);

            target.assertComplete(script);
        }
    }

    private void receiveAll() throws Exception {
        try (TestTarget target = TestTarget.open(script, directory)) {
            target.readAll(script);
        }
    }

    private void assertRoundIsRefused(int round) {
        assertThatThrownBy(() -> TestTarget.open(script, directory, OptionalInt.of(round)))
                .isInstanceOf(TargetException.class)
                .hasMessage("migration vm1 was applied past the end of round " + round
                        + ": receive into an empty directory to stop there");
    }

    private void simpleStream() {
        script.begin(1);
        script.batch(1, 0).normal(0, text(), text()).send(0);
        script.batch(1, 0).normal(4, text()).send(1);
        script.endRound(1).end();
    }

    private void assertRefused(String message) throws Exception {
        try (TestTarget target = TestTarget.open(script, directory)) {
            assertThatThrownBy(() -> target.readAll(script))
                    .isInstanceOf(RefusedStreamException.class)
                    .hasMessageContaining(message);
        }
    }

    private void assertMemoryIsZero() throws IOException {
        RamDirectory ram = RamDirectory.open(directory);
        for (Path file : ram.files()) {
            assertThat(Files.readAllBytes(file)).containsOnly(0);
        }
    }

    private byte[] text() {
        byte[] page = new byte[StreamScript.PAGE_SIZE];
        for (int i = 0; i < page.length; i++) {
            page[i] = (byte) ('a' + random.nextInt(4));
        }
        return page;
    }

    private byte[] edited(int block, long index) {
        byte[] page = script.page(block, index);
        page[random.nextInt(page.length)] ^= 1;
        page[random.nextInt(page.length / 2)] ^= 2;
        return page;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = new byte[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
