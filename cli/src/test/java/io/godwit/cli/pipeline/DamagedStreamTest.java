package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.pipeline.Cluster.Command;
import io.godwit.cli.pipeline.TestMemory.Write;
import io.godwit.record.PageEncoding;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams that are not what the transformer wrote: {@code receive} refuses each, and says where and why. */
@Timeout(120)
class DamagedStreamTest {
    private static final int LANE = 1;

    @TempDir
    static Path data;

    private static Cluster cluster;
    private static StreamCopy copy;
    private static TestMemory memory;
    private static List<StreamRecord> lane;

    @TempDir
    Path temp;

    /**
     * A record of the lane, what is done to it, and what a refusal must say.
     *
     * @param later whether a record is missing, so that the refusal names the one after it
     */
    private record Case(
            String name, Predicate<StreamRecord> record, StreamCopy.Damage damage, boolean later, String... causes) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        Predicate<StreamRecord> pages = record -> RecordDamage.holds(record, PageEncoding.NORMAL);
        Predicate<StreamRecord> deltas = record -> RecordDamage.holds(record, PageEncoding.XBZRLE);
        Predicate<StreamRecord> fills = record -> RecordDamage.holds(record, PageEncoding.FILL);
        Predicate<StreamRecord> end = record -> record.body() instanceof EndOfStream;
        return List.of(
                new Case("hole", pages, record -> List.of(), true, "hole of 1 records"),
                new Case("no-start", record -> record.sequence() == 0, record -> List.of(), true, "does not begin"),
                new Case("payload", pages, one(RecordDamage::flippedPayload), false, "block pc.ram, page", "checksum"),
                new Case(
                        "page",
                        pages,
                        one(record -> RecordDamage.flippedRun(record, PageEncoding.NORMAL)),
                        false,
                        "block pc.ram, page",
                        "checksum"),
                new Case(
                        "page-checksum",
                        pages,
                        one(record -> RecordDamage.flippedChecksum(record, PageEncoding.NORMAL)),
                        false,
                        "block pc.ram, page",
                        "checksum"),
                new Case(
                        "delta",
                        deltas,
                        one(record -> RecordDamage.flippedRun(record, PageEncoding.XBZRLE)),
                        false,
                        "block pc.ram, page",
                        "XBZRLE"),
                new Case(
                        "delta-checksum",
                        deltas,
                        one(record -> RecordDamage.flippedChecksum(record, PageEncoding.XBZRLE)),
                        false,
                        "block pc.ram, page",
                        "XBZRLE",
                        "checksum"),
                new Case(
                        "fill",
                        fills,
                        one(record -> RecordDamage.flippedRun(record, PageEncoding.FILL)),
                        false,
                        "FILL",
                        "checksum"),
                new Case("truncated", pages, bytes(RecordDamage::truncated), false, "cannot be read"),
                new Case("oversized", pages, bytes(RecordDamage::oversized), false, "cannot be read"),
                new Case("unknown-version", pages, bytes(RecordDamage::unknownVersion), false, "fingerprint"),
                new Case("random", pages, bytes(value -> RecordDamage.random(1)), false, "cannot be read"),
                new Case("empty", pages, bytes(value -> new byte[0]), false, "cannot be read"),
                new Case("no-value", pages, DamagedStreamTest::noValue, false, "cannot be read"),
                new Case(
                        "other-lane",
                        pages,
                        one(record -> StreamRecordEncoder.encode(new StreamRecord(
                                record.migration(), record.attempt(), LANE + 1, record.sequence(), record.body()))),
                        false,
                        "does not belong"),
                new Case(
                        "other-migration",
                        pages,
                        one(record -> StreamRecordEncoder.encode(
                                new StreamRecord("another", record.attempt(), LANE, record.sequence(), record.body()))),
                        false,
                        "does not belong"),
                new Case(
                        "digest",
                        end,
                        one(record -> {
                            EndOfStream body = (EndOfStream) record.body();
                            return StreamRecordEncoder.encode(
                                    record.withBody(new EndOfStream(body.pages(), body.digest() + 1)));
                        }),
                        false,
                        "digest"),
                new Case(
                        "page-count",
                        end,
                        one(record -> {
                            EndOfStream body = (EndOfStream) record.body();
                            return StreamRecordEncoder.encode(
                                    record.withBody(new EndOfStream(body.pages() - 1, body.digest())));
                        }),
                        false,
                        "pages"));
    }

    @BeforeAll
    static void record() throws Exception {
        cluster = Cluster.start(data);
        cluster.transform();
        memory = TestMemory.mixed(6144, 1);
        ScriptedGuest guest = new ScriptedGuest(memory)
                .round(() -> {})
                .round(() -> memory.write(1000, Write.EDIT))
                .round(() -> memory.write(500, Write.values()));
        cluster.send("original", guest).get();
        List<List<StreamRecord>> lanes = cluster.readStream("original");
        lane = lanes.get(LANE);
        copy = new StreamCopy(cluster, lanes);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void anUndamagedCopyArrives() throws Exception {
        copy.write("copy", LANE, 0, one(StreamRecordEncoder::encode));

        assertThat(cluster.receive("copy", temp.resolve("target")).get().verified())
                .isTrue();
        memory.assertArrivedIn(temp.resolve("target"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aDamagedRecordIsRefused(Case damage) throws Exception {
        List<StreamRecord> candidates = lane.stream().filter(damage.record()).toList();
        StreamRecord chosen = candidates.get(candidates.size() / 2);
        String migration = "damaged-" + damage.name();
        copy.write(migration, LANE, chosen.sequence(), damage.damage());

        List<Command> refusals = new ArrayList<>(List.of(receive(migration)));
        if (!damage.later()) {
            // Where a record is missing, a receiver waits for it for a while: once is enough.
            refusals.add(receive(migration));
        }

        for (Command refused : refusals) {
            assertThat(refused.status()).as(refused.err()).isEqualTo(1);
            assertThat(refused.out()).isEmpty();
            assertThat(refused.message())
                    .contains("migration " + migration)
                    .contains("lane " + LANE)
                    .contains("sequence " + (damage.later() ? chosen.sequence() + 1 : chosen.sequence()))
                    .contains(damage.causes());
            assertThat(refused.err()).doesNotContain("\tat ");
        }
    }

    private Command receive(String migration) {
        return cluster.run(
                "receive", migration, "--ram-dir", temp.resolve("target").toString());
    }

    /** A record turned into one other. */
    private interface Change<T> {
        byte[] apply(T original) throws Exception;
    }

    private static StreamCopy.Damage one(Change<StreamRecord> change) {
        return record -> List.of(change.apply(record));
    }

    private static StreamCopy.Damage bytes(Change<byte[]> change) {
        return record -> List.of(change.apply(StreamRecordEncoder.encode(record)));
    }

    private static List<byte[]> noValue(StreamRecord record) {
        List<byte[]> none = new ArrayList<>();
        none.add(null);
        return none;
    }
}
