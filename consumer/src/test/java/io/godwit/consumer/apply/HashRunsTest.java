package io.godwit.consumer.apply;

import static io.godwit.consumer.apply.StreamScript.PAGE_SIZE;
import static io.godwit.consumer.apply.StreamScript.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.checkpoint.local.KnownPages;
import io.godwit.consumer.sink.TargetException;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages that come as their SHA-256: from which place each is taken, and what happens where none has it. */
class HashRunsTest {
    private static final String CHECKPOINT = "ab".repeat(32);
    private static final String OTHER = "cd".repeat(32);

    private final Random random = new Random(5);
    private final Map<String, byte[]> held = new HashMap<>();
    private final Set<String> rotten = new HashSet<>();
    private final List<String> asked = new ArrayList<>();
    private final List<List<String>> opened = new ArrayList<>();

    @TempDir
    Path directory;

    private StreamScript script;

    @BeforeEach
    void oneLane() {
        script = new StreamScript(1, 16, 4);
        script.checkpoints = List.of(CHECKPOINT);
        script.held = this::open;
    }

    @Test
    void pagesThatTheCheckpointHoldsAreReadThere() throws Exception {
        byte[] first = hold(page());
        byte[] second = hold(page());
        script.begin(1);
        script.batch(1, 0).normal(0, page()).named(1, first, second).zero(3, 1).send(0);
        script.endRound(1).end();
        script.ingress.clear();

        try (TestTarget target = received()) {
            assertThat(target.target.counters().pages().hash()).isEqualTo(2);
            assertThat(target.target.counters().placed()).isZero();
            assertThat(target.target.counters().repaired()).isZero();
            assertThat(target.target.counters().bytes().guest()).isEqualTo(4L * PAGE_SIZE);
        }
    }

    @Test
    void nothingIsReadForARunThatIsInItsPlace() throws Exception {
        byte[] first = page();
        byte[] second = page();
        script.begin(1);
        script.batch(1, 0).normal(0, first, second).send(0);
        script.endRound(1);
        script.batch(2, 0).named(0, first, second).send(0);
        script.endRound(2).end();
        script.ingress.clear();

        try (TestTarget target = received()) {
            assertThat(asked).isEmpty();
            assertThat(target.target.counters().placed()).isEqualTo(2);
        }
    }

    @Test
    void ofARunOnlyThePagesAreLookedUpThatAreNotInTheirPlaces() throws Exception {
        byte[] before = page();
        byte[] stays = page();
        byte[] after = hold(page());
        byte[] last = hold(page());
        script.begin(1);
        script.batch(1, 0).normal(0, before, stays).send(0);
        script.endRound(1);
        script.batch(2, 0).named(0, after, stays, last).send(0);
        script.endRound(2).end();

        try (TestTarget target = received()) {
            assertThat(asked).containsExactly(hex(after), hex(last));
            assertThat(target.target.counters().placed()).isEqualTo(1);
        }
    }

    @Test
    void aPageThatNoCheckpointGivesIsTakenFromTheIngressRecord() throws Exception {
        byte[] known = hold(page());
        byte[] unknown = page();
        script.begin(1);
        script.batch(1, 0).named(0, known, unknown, page()).named(8, page()).send(0);
        script.endRound(1).end();

        try (TestTarget target = received()) {
            assertThat(target.target.counters().pages().hash()).isEqualTo(4);
            assertThat(target.target.counters().repaired()).isEqualTo(3);
        }
    }

    @Test
    void ofARunOnlyThePagesAreRepairedThatHaveRotted() throws Exception {
        byte[] page = hold(page());
        rotten.add(hex(page));
        script.begin(1);
        script.batch(1, 0)
                .named(0, hold(page()), page, hold(page()))
                .named(4, page)
                .send(0);
        script.endRound(1).end();

        try (TestTarget target = received()) {
            assertThat(target.target.counters().repaired()).isEqualTo(2);
        }
    }

    @Test
    void aRottenPageThatAnotherCheckpointHoldsIsReadThere() throws Exception {
        byte[] page = hold(page());
        script.held = (ids, pageSize) -> new CheckpointPages(Set.of(hex(page))).or(new CheckpointPages(Set.of()));
        script.begin(1);
        script.batch(1, 0).named(0, page).send(0);
        script.endRound(1).end();
        script.ingress.clear();

        try (TestTarget target = received()) {
            assertThat(target.target.counters().repaired()).isZero();
        }
    }

    @Test
    void aRottenPageThatIsNowhereElseToBeHadIsNotWritten() throws Exception {
        byte[] page = hold(page());
        rotten.add(hex(page));
        script.begin(1);
        script.batch(1, 0).named(0, hold(page()), page).send(0);
        script.ingress.clear();

        assertRefused("page 1, SHA-256 " + hex(page) + ": no checkpoint here gives that page");
        assertThat(pageOnDisk(0)).containsOnly(0);
        assertThat(pageOnDisk(1)).containsOnly(0);
    }

    @Test
    void aPageIsTakenFromAFillRunOfTheIngressRecord() throws Exception {
        script.begin(1);
        script.batch(1, 0).named(2, filled(7)).send(0);
        script.endRound(1).end();
        PageRuns runs = new PageRuns(2);
        runs.add(0, 2, PageEncoding.NORMAL, 2 * PAGE_SIZE, 0);
        runs.add(2, 2, PageEncoding.FILL, 1, 0);
        byte[] payload = new byte[2 * PAGE_SIZE + 1];
        payload[2 * PAGE_SIZE] = 7;
        replaceOriginal(runs, payload);

        try (TestTarget target = received()) {
            assertThat(target.target.counters().repaired()).isEqualTo(1);
        }
    }

    @Test
    void aPageThatIsNowhereToBeHadNamesItself() throws Exception {
        byte[] lost = page();
        script.begin(1);
        script.batch(1, 0).normal(0, page()).named(4, lost).send(0);
        script.ingress.clear();

        assertRefused("migration vm1, attempt 1, lane 0, sequence 1: block block0, page 4, SHA-256 " + hex(lost)
                + ": no checkpoint here gives that page. Receive again with a --checkpoint-dir that holds it undamaged, or"
                + " delete the migration and send it again. It could not be repaired: at offset 0 of partition 0 there"
                + " is no record any more");
        assertThat(pageOnDisk(4)).containsOnly(0);
    }

    @Test
    void aRecordThatDoesNotTellItsOriginCannotBeRepaired() throws Exception {
        script.begin(1);
        script.add(0, script.batch(1, 0).named(4, page()).build());

        assertRefused("It could not be repaired: the stream does not tell which ingress record it was in");
    }

    @Test
    void anIngressRecordWithoutThePageIsOfNoUse() throws Exception {
        script.begin(1);
        script.batch(1, 0).named(4, page()).send(0);
        PageRuns runs = new PageRuns(1);
        runs.add(5, 1, PageEncoding.NORMAL, PAGE_SIZE, 0);
        replaceOriginal(runs, page());

        assertRefused("the ingress record at offset 0 of partition 0 does not hold it");
    }

    @Test
    void anIngressRecordWithAnotherPageIsOfNoUse() throws Exception {
        script.begin(1);
        script.batch(1, 0).named(4, page()).send(0);
        PageRuns runs = new PageRuns(1);
        runs.add(4, 1, PageEncoding.NORMAL, PAGE_SIZE, 0);
        replaceOriginal(runs, page());

        assertRefused("its ingress record holds another content there");
        assertThat(pageOnDisk(4)).containsOnly(0);
    }

    @Test
    void anIngressRecordThatBreaksTheContractIsOfNoUse() throws Exception {
        script.begin(1);
        script.batch(1, 0).named(4, page()).send(0);
        PageRuns runs = new PageRuns(1);
        runs.add(15, 2, PageEncoding.NORMAL, 2 * PAGE_SIZE, 0);
        replaceOriginal(runs, new byte[2 * PAGE_SIZE]);

        assertRefused(
                "the ingress record at offset 0 of partition 0 is damaged: run 0 (block 0, page 15, count 2, NORMAL)"
                        + " reaches past the block's 16 pages");
    }

    @Test
    void aRunWhoseChecksumIsWrongIsNotWritten() throws Exception {
        byte[] page = hold(page());
        script.begin(1);
        script.add(
                0,
                script.batch(1, 0)
                        .run(0, 1, PageEncoding.HASH, StreamScript.sha256(page), 4711)
                        .build());

        assertRefused("block block0, page 0 (run of 1, HASH): the pages' checksum is");
        assertThat(pageOnDisk(0)).containsOnly(0);
    }

    @Test
    void aTargetThatLacksACheckpointIsLeftAsItWas() throws Exception {
        script.held = (ids, pageSize) -> {
            throw new TargetException("no " + ids);
        };
        script.begin(1);

        try (TestTarget target = TestTarget.open(script, directory)) {
            assertThatThrownBy(() -> target.accept(script, 0, 0))
                    .isInstanceOf(TargetException.class)
                    .hasMessage("no [" + CHECKPOINT + "]");
        }
        assertThat(directory.resolve("manifest.json")).doesNotExist();
    }

    @Test
    void aReceiverThatGoesOnOpensWhatTheStreamNamed() throws Exception {
        byte[] page = hold(page());
        script.begin(1);
        script.batch(1, 0).named(0, page).send(0);
        try (TestTarget target = TestTarget.open(script, directory)) {
            target.readAll(script);
        }
        script.batch(1, 0).named(1, page).send(0);
        script.endRound(1).end();
        script.ingress.clear();
        opened.clear();

        received().close();

        assertThat(opened).containsExactly(List.of(CHECKPOINT));
    }

    @Test
    void anAttemptThatNamesAnotherCheckpointAddsIt() throws Exception {
        byte[] page = hold(page());
        script.begin(1);
        script.batch(1, 0).named(0, page).send(0);
        script.checkpoints = List.of(OTHER);
        script.begin(2);
        script.batch(1, 0).named(0, page).named(3, page).send(0);
        script.endRound(1).end();

        received().close();

        assertThat(opened).containsExactly(List.of(CHECKPOINT), List.of(OTHER));
    }

    @Test
    void aStreamThatNamesNoCheckpointNeedsNone() throws Exception {
        script.checkpoints = List.of();
        script.begin(1);
        script.batch(1, 0).normal(0, page()).send(0);
        script.endRound(1).end();

        received().close();

        assertThat(opened).isEmpty();
        assertThat(directory.resolve(".godwit/checkpoints")).doesNotExist();
    }

    private KnownPages open(List<String> ids, int pageSize) {
        opened.add(ids);
        return new CheckpointPages(rotten);
    }

    /** The pages that are {@link #held}, of which those named are damaged on disk. */
    private final class CheckpointPages implements KnownPages {
        private final Set<String> damaged;

        CheckpointPages(Set<String> damaged) {
            this.damaged = damaged;
        }

        @Override
        public boolean read(byte[] digest, int digestOffset, byte[] output, int outputOffset, int size) {
            return copy(digest, digestOffset, output, outputOffset, size)
                    && !damaged.contains(HexFormat.of().formatHex(digest, digestOffset, digestOffset + 32));
        }

        @Override
        public boolean copy(byte[] digest, int digestOffset, byte[] output, int outputOffset, int size) {
            String hex = HexFormat.of().formatHex(digest, digestOffset, digestOffset + 32);
            asked.add(hex);
            byte[] page = held.get(hex);
            if (page == null) {
                // By contract the output may hold anything then.
                Arrays.fill(output, outputOffset, outputOffset + size, (byte) 0x55);
                return false;
            }
            System.arraycopy(page, 0, output, outputOffset, size);
            if (damaged.contains(hex)) {
                output[outputOffset + size / 2] ^= 1;
            }
            return true;
        }
    }

    /** Complete, and as at the source; to be closed. */
    private TestTarget received() throws Exception {
        TestTarget target = TestTarget.open(script, directory);
        target.readAll(script);
        target.assertComplete(script);
        return target;
    }

    private void assertRefused(String message) throws Exception {
        try (TestTarget target = TestTarget.open(script, directory)) {
            assertThatThrownBy(() -> target.readAll(script))
                    .isInstanceOf(RefusedStreamException.class)
                    .hasMessageContaining(message);
        }
    }

    private void replaceOriginal(PageRuns runs, byte[] payload) {
        script.ingress.replaceAll((origin, batch) ->
                new PageBatch(1, 0, runs, 0, 0, PayloadCompression.NONE, payload, 0, payload.length));
    }

    private byte[] pageOnDisk(int index) throws IOException {
        byte[] block = Files.readAllBytes(directory.resolve("block0.ram"));
        return Arrays.copyOfRange(block, index * PAGE_SIZE, (index + 1) * PAGE_SIZE);
    }

    private byte[] hold(byte[] page) {
        held.put(hex(page), page);
        return page;
    }

    private static String hex(byte[] page) {
        return HexFormat.of().formatHex(StreamScript.sha256(page));
    }

    private byte[] page() {
        byte[] page = new byte[PAGE_SIZE];
        random.nextBytes(page);
        return page;
    }
}
