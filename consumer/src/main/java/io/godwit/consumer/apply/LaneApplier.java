package io.godwit.consumer.apply;

import io.godwit.consumer.apply.LaneSequence.Fault;
import io.godwit.consumer.apply.LaneSequence.Judgement;
import io.godwit.consumer.position.LanePosition;
import io.godwit.consumer.position.LanePosition.DeviceStateMark;
import io.godwit.consumer.sink.OpenTarget;
import io.godwit.consumer.sink.TargetException;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.Origin;
import io.godwit.record.PageBatch;
import io.godwit.record.StreamBody.DeviceState;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Applies one lane, record by record, and saves its position after each. One thread.
 */
public final class LaneApplier {
    /** Where a lane ends at the moment. */
    @FunctionalInterface
    public interface LaneEnd {
        /** The offset that the lane's next record will have. */
        long offset(int lane);
    }

    private static final long NO_FAULT = -1;
    /** Within this time, a transformer that lost a record's place begins again there. */
    private static final Duration HOLE_PATIENCE = Duration.ofSeconds(10);

    private final Target target;
    private final int lane;
    private final LaneEnd laneEnd;
    private final LongSupplier nanoClock;
    private final Appliers appliers;
    private final LaneSequence sequence;

    /** Fault that {@link #faultEnd} belongs to. */
    private Fault seenFault;

    private long faultEnd = NO_FAULT;
    private long faultSeenNanos;

    /**
     * @param appliers what records are read and pages are rebuilt with; of the thread that this lane belongs to
     * @param nanoClock as {@link System#nanoTime}
     */
    public LaneApplier(Target target, int lane, Appliers appliers, LaneEnd laneEnd, LongSupplier nanoClock)
            throws IOException {
        this.target = target;
        this.lane = lane;
        this.laneEnd = laneEnd;
        this.nanoClock = nanoClock;
        this.appliers = appliers;
        OpenTarget open = target.open();
        LanePosition position =
                open == null ? LanePosition.NONE : open.positions().load(lane);
        this.sequence = new LaneSequence(target.migration(), target.stream(), lane, position);
    }

    /** The lane's number. */
    public int lane() {
        return lane;
    }

    /** The sequence of the record that is to be applied next. */
    public long nextSequence() {
        return sequence.position().nextSequence();
    }

    /** The offset to begin to read at. */
    public long readOffset() {
        return sequence.position().readOffset();
    }

    /**
     * Applies the record at {@code offset}, or skips it. Not to be called while the lane {@link LaneBarrier#isWaiting waits}.
     *
     * @param input array that holds the record; not kept
     * @param origin what the record was made from; null where it does not tell
     * @throws RefusedStreamException if it breaks the contract
     * @throws TargetException if it begins a migration that the target cannot take
     * @throws IOException if the target fails
     */
    public void accept(byte[] input, int inputOffset, int inputLength, long offset, Origin origin)
            throws RefusedStreamException, TargetException, IOException {
        StreamRecord record = decode(input, inputOffset, inputLength, offset);
        Judgement judgement = sequence.judge(record, offset);
        LanePosition position = sequence.position();
        LanePosition moved =
                switch (judgement) {
                    case SKIP -> position;
                    case BEGIN -> begin(record, (StreamStart) record.body());
                    case APPLY -> apply(record, position.next(), origin);
                };
        sequence.moveTo(moved);
        save(offset + 1);
        if (judgement == Judgement.APPLY && sequence.fault() == null) {
            announce(record);
        }
    }

    /**
     * The lane was read up to {@code offset}. To be called again and again while nothing more comes.
     *
     * @throws RefusedStreamException if a fault was held until here
     */
    public void reached(long offset) throws RefusedStreamException {
        Fault fault = sequence.fault();
        if (fault == null) {
            return;
        }
        if (!fault.equals(seenFault)) {
            faultEnd = laneEnd.offset(lane);
            seenFault = fault;
            faultSeenNanos = nanoClock.getAsLong();
        }
        boolean mayBeFilled = fault.hole() && nanoClock.getAsLong() - faultSeenNanos < HOLE_PATIENCE.toNanos();
        if (offset >= faultEnd && !mayBeFilled) {
            throw new RefusedStreamException(fault.message());
        }
    }

    private StreamRecord decode(byte[] input, int inputOffset, int inputLength, long offset)
            throws RefusedStreamException {
        try {
            return appliers.decoder().decode(input, inputOffset, inputLength);
        } catch (MalformedRecordException e) {
            throw new RefusedStreamException(
                    "migration " + target.migration() + ", lane " + lane + ", sequence "
                            + sequence.position().nextSequence() + " expected at offset " + offset
                            + ": the record cannot be read: " + e.getMessage(),
                    e);
        }
    }

    private LanePosition begin(StreamRecord record, StreamStart start)
            throws RefusedStreamException, TargetException, IOException {
        boolean deviceState = target.begin(record, start);
        return LanePosition.afterStart(record.attempt(), deviceState && lane == 0, 0);
    }

    private LanePosition apply(StreamRecord record, LanePosition next, Origin origin)
            throws RefusedStreamException, IOException {
        try {
            if (record.body() instanceof PageBatch batch) {
                return applyBatch(record, batch, next, origin);
            }
            return applyMark(record, next);
        } catch (MalformedRecordException e) {
            throw new RefusedStreamException(record.place() + ": " + e.getMessage(), e);
        }
    }

    private LanePosition applyBatch(StreamRecord record, PageBatch batch, LanePosition next, Origin origin)
            throws MalformedRecordException, RefusedStreamException, IOException {
        checkRound(batch.round(), next);
        target.open().positions().touch(lane);
        target.changeDigest(lane, appliers.of(target).apply(record, batch, origin, target.known()));
        return next;
    }

    private LanePosition applyMark(StreamRecord record, LanePosition next)
            throws MalformedRecordException, IOException {
        if (record.body() instanceof RoundEnd end) {
            checkRound(end.round(), next);
            return next.withRound(end.round());
        } else if (record.body() instanceof DeviceState state) {
            return applyDeviceState(state, next);
        } else if (record.body() instanceof EndOfStream end) {
            checkEnd(end);
            return next.withEnd();
        }
        throw new MalformedRecordException(record.body().getClass().getSimpleName() + " is out of place");
    }

    private static void checkRound(int round, LanePosition next) throws MalformedRecordException {
        int expected = next.round().number() + 1;
        if (round != expected) {
            throw new MalformedRecordException("it belongs to round " + round + ", the lane is in round " + expected);
        }
    }

    private LanePosition applyDeviceState(DeviceState state, LanePosition next)
            throws MalformedRecordException, IOException {
        DeviceStateMark before = next.deviceState();
        if (lane != 0 || before.whole() || state.chunk() != before.chunks()) {
            throw new MalformedRecordException("chunk " + state.chunk() + " of device state is out of place: "
                    + before.chunks() + " came before" + (before.whole() ? ", the last one among them" : ""));
        }
        target.open().sink().writeDeviceState(before.bytes(), state.bytes());
        return next.with(before.with(state.bytes().length, state.last()));
    }

    private void checkEnd(EndOfStream end) throws MalformedRecordException {
        long pages = target.open().lanes().pagesOf(lane);
        if (end.pages() != pages) {
            throw new MalformedRecordException(
                    "the EOS marker counts " + end.pages() + " pages, the lane has " + pages);
        }
        long digest = target.laneDigest(lane);
        if (end.digest() != digest) {
            target.counters().addVerificationFailure();
            throw new MalformedRecordException(String.format(
                    "the lane's digest is %016x here, %016x at the source: pages are missing or damaged;"
                            + " delete the migration and send it again",
                    digest, end.digest()));
        }
    }

    /** While a fault is held, a restart must meet it again: the record that gave rise to it stays the one to read from. */
    private void save(long nextOffset) {
        Fault fault = sequence.fault();
        sequence.moveTo(sequence.position().readFrom(fault == null ? nextOffset : fault.offset()));
        // Before the first start nothing counts: a restart reads from the beginning, leftovers of another stream
        // included.
        if (sequence.position().attempt() > 0) {
            target.open().positions().store(lane, sequence.position());
        }
    }

    /** Tells the other lanes, only after the position is saved. */
    private void announce(StreamRecord record) {
        if (record.body() instanceof RoundEnd end) {
            target.endRound(lane, end.round());
        } else if (record.body() instanceof EndOfStream) {
            target.barrier().end(lane);
        }
    }
}
