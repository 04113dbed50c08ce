package io.godwit.cli.describe;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.payload.PayloadCompression;
import io.godwit.record.Manifest;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.RamBlock;
import io.godwit.record.StreamBody;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamFailure;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import io.godwit.report.ByteCounts;
import io.godwit.report.PageCounts;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamTallyTest {
    private static final Manifest MANIFEST = new Manifest(4096, List.of(new RamBlock("pc.ram", 8192L << 12)));
    private static final int RECORD_BYTES = 1000;

    private final StreamTally tally = new StreamTally("vm1", "topic-id", 2);

    @Test
    void anEmptyLogHasNoAttemptAndHasNotEnded() {
        StreamDescription stream = tally.describe();

        assertThat(stream.attempt()).isZero();
        assertThat(stream.ended()).isFalse();
        assertThat(stream.blocks()).isNull();
        assertThat(stream.digest()).isNull();
    }

    @Test
    void aWholeStreamIsCountedByEncodingAndHasEnded() {
        lane(1, 0, start(), batch(), new RoundEnd(1), new EndOfStream(4096, 5));
        lane(1, 1, start(), new RoundEnd(1), new RoundEnd(2), new EndOfStream(4096, -6));

        StreamDescription stream = tally.describe();

        assertThat(stream.records()).isEqualTo(8);
        assertThat(stream.rounds()).as("rounds that every lane completed").isEqualTo(1);
        assertThat(stream.pages()).isEqualTo(new PageCounts(2L, 500L, 3L, 1L, 0L, 7L));
        assertThat(stream.bytes()).isEqualTo(new ByteCounts((506L + 7) * 4096, 2L * 4096 + 1 + 100, 8L * RECORD_BYTES));
        assertThat(stream.ended()).isTrue();
        assertThat(stream.digest()).isEqualTo("ffffffffffffffff");
        assertThat(stream.problems()).isEmpty();
    }

    @Test
    void aRepeatedRecordCountsNoPages() {
        lane(1, 0, start(), batch());
        tally.add(new StreamRecord("vm1", 1, 0, 1, batch()), RECORD_BYTES);

        StreamDescription stream = tally.describe();

        assertThat(stream.repeated()).isEqualTo(1);
        assertThat(stream.records()).isEqualTo(3);
        assertThat(stream.pages().zero()).isEqualTo(500);
        assertThat(stream.bytes().wire()).isEqualTo(3L * RECORD_BYTES);
    }

    @Test
    void aHoleIsAProblemThatNamesItsSequences() {
        tally.add(new StreamRecord("vm1", 1, 1, 0, start()), RECORD_BYTES);
        tally.add(new StreamRecord("vm1", 1, 1, 4, new RoundEnd(1)), RECORD_BYTES);

        assertThat(tally.describe().problems()).containsExactly("lane 1: sequences 1 to 3 are not in the log");
    }

    @Test
    void aNewAttemptReplacesTheOldOneAndItsProblems() {
        lane(1, 0, start(), new StreamFailure("bad bytes"));
        assertThat(tally.describe().problems()).hasSize(1).first().asString().contains("bad bytes", "lane 0");

        lane(2, 0, start(), new EndOfStream(4096, 1));
        lane(2, 1, start(), new EndOfStream(4096, 1));
        tally.add(new StreamRecord("vm1", 1, 0, 2, batch()), RECORD_BYTES);

        StreamDescription stream = tally.describe();
        assertThat(stream.attempt()).isEqualTo(2);
        assertThat(stream.ended()).isTrue();
        assertThat(stream.problems()).isEmpty();
        assertThat(stream.repeated()).as("the zombie of attempt 1").isEqualTo(1);
        assertThat(stream.attempts())
                .extracting(StreamDescription.Attempt::ended)
                .containsExactly(false, true);
    }

    @Test
    void whatCannotBeReadIsAProblemWithItsOffset() {
        tally.addUnreadable(1, 17, "unknown version", RECORD_BYTES);

        assertThat(tally.describe().problems())
                .containsExactly("lane 1, offset 17: record cannot be read (unknown version)");
    }

    @Test
    void expiredRecordsAreTold() {
        tally.addExpired(3);

        assertThat(tally.describe().expired()).isEqualTo(3);
    }

    private void lane(int attempt, int lane, StreamBody... bodies) {
        for (int sequence = 0; sequence < bodies.length; sequence++) {
            tally.add(new StreamRecord("vm1", attempt, lane, sequence, bodies[sequence]), RECORD_BYTES);
        }
    }

    private static StreamStart start() {
        return new StreamStart("topic-id", MANIFEST, 2, 512, List.of(), "synthetic", 1);
    }

    private static PageBatch batch() {
        PageRuns runs = new PageRuns(4);
        runs.add(0, 2, PageEncoding.NORMAL, 2 * 4096, 1);
        runs.add(2, 3, PageEncoding.FILL, 1, 1);
        runs.add(5, 500, PageEncoding.ZERO, 0, 0);
        runs.add(505, 1, PageEncoding.XBZRLE, 100, 1);
        byte[] payload = new byte[2 * 4096 + 1 + 100];
        return new PageBatch(1, 0, runs, 7, 0, PayloadCompression.NONE, payload, 0, payload.length);
    }
}
