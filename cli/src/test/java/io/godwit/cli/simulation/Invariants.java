package io.godwit.cli.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.simulation.LaneHistory.Place;
import io.godwit.consumer.position.LanePosition;
import io.godwit.record.PageBatch;
import io.godwit.record.StreamBody.StreamFailure;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.topic.Topics;
import io.godwit.transformer.store.LanePages;
import java.util.Arrays;
import java.util.List;

/** The design's invariants, each a check by its name; the histories are the judge. */
final class Invariants {
    private final StreamRecordDecoder decoder = new StreamRecordDecoder();
    private final List<LaneHistory> histories;

    Invariants(List<LaneHistory> histories) {
        this.histories = histories;
    }

    /** A page never leaves its lane. */
    void order(Log.Entry streamed, int lane) throws Exception {
        if (decoder.decode(streamed.value()).body() instanceof PageBatch batch) {
            for (int run = 0; run < batch.runs().size(); run++) {
                for (int i = 0; i < batch.runs().count(run); i++) {
                    assertThat(Guest.LANES.laneOf(batch.block(), batch.runs().index(run) + i))
                            .as(
                                    "order: lane of page %d of block %d",
                                    batch.runs().index(run) + i, batch.block())
                            .isEqualTo(lane);
                }
            }
        }
    }

    /** One record comes of each: of the same lane, attempt and sequence, or a failure in its place. */
    void oneInOneOut(Log.Entry arrived, long offset, boolean readable, List<Task.Output> outputs) throws Exception {
        assertThat(outputs).as("one in, one out: records made of one").hasSize(1);
        Task.Output output = outputs.get(0);
        StreamRecord made = decoder.decode(output.entry().value());
        assertThat(output.entry().origin()).as("one in, one out: origin").isEqualTo(offset);
        assertThat(Topics.laneKey(Guest.MIGRATION, output.lane()))
                .as("one in, one out: lane")
                .isEqualTo(arrived.key());
        assertThat(made.lane()).as("one in, one out: lane").isEqualTo(output.lane());
        assertThat(made.body() instanceof StreamFailure)
                .as("one in, one out: a failure for what cannot be read, and for nothing else")
                .isEqualTo(!readable);
        if (readable) {
            StreamRecord record = decoder.decode(arrived.value());
            assertThat(new Place(made.attempt(), made.sequence()))
                    .as("one in, one out: attempt and sequence")
                    .isEqualTo(new Place(record.attempt(), record.sequence()));
        }
    }

    /**
     * A page in the cache is as it is after every earlier record of its lane, whenever the next record would be encoded against
     * it: when the task's lane stands where the lane stands.
     */
    void base(Task task, int lane) {
        LanePages cached = task.lane(lane);
        long offset = task.position() - 1;
        Place place = histories.get(lane).placeAt(offset);
        if (place == null || !place.equals(new Place(cached.attempt(), cached.lastSequence()))) {
            return;
        }
        for (int page = 0; page < Guest.PAGES; page++) {
            int frame = Guest.lane(page) == lane ? cached.find(Guest.block(page), Guest.index(page)) : LanePages.NONE;
            if (frame != LanePages.NONE) {
                int at = cached.offset(frame);
                assertThat(Arrays.copyOfRange(cached.bytes(frame), at, at + Guest.PAGE_SIZE))
                        .as("base: page %d of lane %d at ingress offset %d, %s", page, lane, offset, place)
                        .isEqualTo(histories.get(lane).pageAt(page, offset));
            }
        }
    }

    /** A lane moves on by one record of its attempt, or to the start of a newer one; never back. */
    void attemptsAndSequences(LanePosition before, LanePosition after) {
        if (after.attempt() == before.attempt()) {
            assertThat(after.nextSequence() - before.nextSequence())
                    .as("order: records applied at a step")
                    .isBetween(0L, 1L);
        } else {
            assertThat(after.attempt()).as("attempts: the newer one").isGreaterThan(before.attempt());
            assertThat(after.nextSequence())
                    .as("attempts: the sequence after a start")
                    .isEqualTo(1);
        }
    }

    /** The lane's pages at the target are as the records up to its position have them: also after a replay. */
    void replay(SimulatedTarget target, int lane) throws Exception {
        LanePosition position = target.position(lane);
        LaneHistory history = histories.get(lane);
        if (position.attempt() == 0 || history.isBroken(position.attempt())) {
            return;
        }
        Place place = new Place(position.attempt(), position.nextSequence() - 1);
        Long offset = history.offset(place);
        assertThat(offset)
                .as("replay: a record counts that is applied, %s of lane %d", place, lane)
                .isNotNull();
        List<byte[]> memory = target.memory();
        for (int page = 0; page < Guest.PAGES; page++) {
            if (Guest.lane(page) == lane && history.isKnown(page, offset)) {
                assertThat(SimulatedTarget.page(memory, page))
                        .as("replay: page %d of lane %d after %s", page, lane, place)
                        .isEqualTo(history.pageAt(page, offset));
            }
        }
    }

    /** A target is complete only when all lanes have ended in one attempt, and then it is as the guest stood. */
    void eosIsABarrier(SimulatedTarget target, Guest guest, Source source) throws Exception {
        boolean allEnded = true;
        for (int lane = 0; lane < Guest.LANE_COUNT; lane++) {
            LanePosition position = target.position(lane);
            allEnded &= position.ended() && position.attempt() == target.newestAttempt();
        }
        assertThat(allEnded || !target.hasEnded())
                .as("EOS is a barrier: complete when all lanes have ended, not before")
                .isTrue();
        if (target.hasEnded() && target.newestAttempt() == source.attempt()) {
            identicalMemory(target, guest);
        }
    }

    /** The end of it all. */
    void identicalMemory(SimulatedTarget target, Guest guest) throws Exception {
        List<byte[]> memory = target.memory();
        for (int page = 0; page < Guest.PAGES; page++) {
            assertThat(SimulatedTarget.page(memory, page))
                    .as("identical memory: page %d", page)
                    .isEqualTo(guest.page(page));
        }
    }
}
