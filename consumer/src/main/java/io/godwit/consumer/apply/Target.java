package io.godwit.consumer.apply;

import io.godwit.checkpoint.local.KnownPages;
import io.godwit.consumer.position.LanePosition;
import io.godwit.consumer.position.LanePosition.DeviceStateMark;
import io.godwit.consumer.sink.OpenTarget;
import io.godwit.consumer.sink.TargetException;
import io.godwit.consumer.sink.TargetStore;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * The target that all lanes share: opened by what an earlier receiver left, or created by the first start that any lane reads.
 * Any thread may call it.
 */
public final class Target implements AutoCloseable {
    private static final String QEMU = "qemu";

    /** Checkpoints in use, and their pages as far as they are here. */
    private record Held(Set<String> ids, KnownPages pages) {
        Held with(List<String> moreIds, KnownPages more) {
            Set<String> all = new TreeSet<>(ids);
            all.addAll(moreIds);
            return new Held(all, pages.or(more));
        }
    }

    private final String migration;
    private final String stream;
    private final int lanes;
    private final TargetStore store;
    private final HeldCheckpoints checkpoints;
    private final LaneBarrier barrier;
    private final ApplyCounters counters = new ApplyCounters();
    private final long[] digests;
    private final int[] rounds;

    private OpenTarget open;
    private int newestAttempt;
    private StreamStart newestStart;
    /** The checkpoints that were named until now. */
    private volatile Held held = new Held(Set.of(), KnownPages.NONE);

    private boolean complete;

    /**
     * @param stream Kafka's id of the stream topic
     * @param lanes partitions of the stream topic
     * @param untilRound the round to stop at
     * @param checkpoints opened when a start, or what an earlier receiver left, names some
     */
    public Target(
            String migration,
            String stream,
            int lanes,
            OptionalInt untilRound,
            TargetStore store,
            HeldCheckpoints checkpoints) {
        this.migration = migration;
        this.stream = stream;
        this.lanes = lanes;
        this.store = store;
        this.checkpoints = checkpoints;
        this.barrier = new LaneBarrier(lanes, untilRound);
        this.digests = new long[lanes];
        this.rounds = new int[lanes];
    }

    /**
     * Goes on with what an earlier receiver left, if there is anything.
     *
     * @throws TargetException if it cannot be gone on with
     */
    public synchronized void resume() throws TargetException, IOException {
        Optional<OpenTarget> left = store.resume(stream);
        if (left.isEmpty()) {
            return;
        }
        open = left.get();
        if (open.lanes().lanes() != lanes) {
            throw new TargetException("migration " + migration + " was begun with "
                    + open.lanes().lanes() + " lanes, its stream has " + lanes + ": receive into an empty directory");
        }
        complete = open.positions().isComplete();
        if (!complete) {
            hold(store.checkpoints(), open.manifest().pageSize());
        }
        System.arraycopy(open.hashes().laneDigests(open.lanes()), 0, digests, 0, lanes);
        List<LanePosition> positions = new ArrayList<>();
        for (int lane = 0; lane < lanes; lane++) {
            LanePosition position = open.positions().load(lane);
            positions.add(position);
            rounds[lane] = position.round().number();
            if (position.attempt() > 0) {
                barrier.begin(lane, position.attempt());
            }
        }
        for (int lane = 0; lane < lanes; lane++) {
            resume(lane, positions.get(lane));
        }
    }

    /** Whether the migration was completed. */
    public synchronized boolean isComplete() {
        return complete;
    }

    /** Where the lanes wait for one another. */
    public LaneBarrier barrier() {
        return barrier;
    }

    /** What was applied by this receiver. */
    public ApplyCounters counters() {
        return counters;
    }

    /** Bytes of guest memory; 0 before it is known. */
    public synchronized long guestBytes() {
        return open == null ? 0 : open.manifest().totalBytes();
    }

    /** The last round that every lane has applied, of what it applies now. */
    public synchronized int round() {
        int round = Integer.MAX_VALUE;
        for (int laneRound : rounds) {
            round = Math.min(round, laneRound);
        }
        return round;
    }

    /** The last round that every lane has applied of the newest attempt; 0 before the first. */
    public synchronized int roundOfNewestAttempt() {
        return barrier.isTogether() ? round() : 0;
    }

    /** Sum of the lanes' digests as they stand. */
    public synchronized long digest() {
        long sum = 0;
        for (long digest : digests) {
            sum += digest;
        }
        return sum;
    }

    /** After {@link #prepare}: makes the target usable. */
    public synchronized void complete() throws IOException {
        if (complete) {
            return;
        }
        open.sink().complete(open.positions().load(0).deviceState().whole());
        open.positions().complete();
        complete = true;
    }

    /**
     * Every lane has ended in the same attempt: checks that nothing is missing, and does all that can be done before it is
     * decided whether the guest goes on here.
     *
     * @throws RefusedStreamException if device state is missing
     */
    public synchronized void prepare() throws IOException, RefusedStreamException {
        DeviceStateMark state = open.positions().load(0).deviceState();
        if ((state.expected() || state.chunks() > 0) && !state.whole()) {
            throw new RefusedStreamException("migration " + migration + ", attempt "
                    + open.positions().load(0).attempt()
                    + ", lane 0: the stream ended without the last chunk of device state; send the migration again");
        }
        if (!complete) {
            open.sink().prepare(state.whole());
        }
    }

    /** Asks whether what was received until now is still of use. */
    public synchronized void check() throws IOException {
        if (open != null) {
            open.sink().check();
        }
    }

    /** A mapped store was lost: what was applied is not to be relied on. */
    public synchronized void invalidate() {
        if (open != null) {
            open.positions().invalidate();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (open != null) {
            open.close();
        }
    }

    String migration() {
        return migration;
    }

    String stream() {
        return stream;
    }

    /** What pages are written to; null before the first start. */
    synchronized OpenTarget open() {
        return open;
    }

    /** Pages of the checkpoints that the stream names, as far as they are here. */
    KnownPages known() {
        return held.pages();
    }

    synchronized long laneDigest(int lane) {
        return digests[lane];
    }

    synchronized void changeDigest(int lane, long change) {
        digests[lane] += change;
    }

    synchronized void endRound(int lane, int round) {
        int before = round();
        rounds[lane] = round;
        if (round() > before) {
            open.sink().endRound(round());
        }
        barrier.endRound(lane, round);
    }

    /**
     * A lane has met the start of an attempt: creates the target if it is the first one, and checks that all lanes say the
     * same.
     *
     * @return whether device state is to be expected
     */
    boolean begin(StreamRecord record, StreamStart start) throws RefusedStreamException, TargetException, IOException {
        if (start.lanes() != lanes) {
            throw disagreement(record, start.lanes() + " lanes, its topic has " + lanes);
        }
        // First of all: a target that lacks a checkpoint is left as it was.
        hold(start.checkpoints(), start.manifest().pageSize());
        return beginHolding(record, start);
    }

    private synchronized boolean beginHolding(StreamRecord record, StreamStart start)
            throws RefusedStreamException, TargetException, IOException {
        if (open == null) {
            open = store.create(start);
        } else {
            checkFits(record, start);
        }
        store.keepCheckpoints(held.ids());
        if (record.attempt() == newestAttempt && !start.source().equals(newestStart.source())) {
            throw disagreement(
                    record, "source " + start.source() + " in this lane, " + newestStart.source() + " in another");
        }
        if (!barrier.begin(record.lane(), record.attempt())) {
            throw new RefusedStreamException(
                    record.place() + ": a new attempt, after all of the one before was verified");
        }
        if (record.attempt() > newestAttempt) {
            newestAttempt = record.attempt();
            newestStart = start;
        }
        rounds[record.lane()] = 0;
        return start.source().equals(QEMU);
    }

    /**
     * Adds to the checkpoints that are in use: lanes may be in attempts that name different ones. Under a lock of its own, as
     * a checkpoint that has changed is hashed again first, which takes a while.
     */
    private void hold(Collection<String> ids, int pageSize) throws TargetException, IOException {
        synchronized (checkpoints) {
            List<String> more =
                    ids.stream().filter(id -> !held.ids().contains(id)).toList();
            if (!more.isEmpty()) {
                held = held.with(more, checkpoints.open(more, pageSize));
            }
        }
    }

    private void checkFits(StreamRecord record, StreamStart start) throws RefusedStreamException {
        if (!start.manifest().equals(open.manifest())) {
            throw disagreement(record, "RAM blocks other than those that were begun with");
        }
        if (start.stripePages() != open.lanes().stripePages()) {
            throw disagreement(
                    record,
                    "stripes of " + start.stripePages() + " pages, begun with "
                            + open.lanes().stripePages());
        }
    }

    private void resume(int lane, LanePosition position) throws TargetException {
        // A lane of an older attempt may be anywhere: it goes on to the newest one.
        if (barrier.untilRound().isPresent() && position.attempt() == barrier.newestAttempt()) {
            resumeUntil(barrier.untilRound().getAsInt(), lane, position);
        }
        if (position.ended()) {
            barrier.end(lane);
        }
    }

    private void resumeUntil(int round, int lane, LanePosition position) throws TargetException {
        boolean atEnd = position.isAtEndOf(round) && !open.positions().isTouched(lane);
        int reached = position.round().number();
        boolean past = reached > round || (reached == round && !atEnd && !position.ended());
        if (past) {
            throw new TargetException("migration " + migration + " was applied past the end of round " + round
                    + ": receive into an empty directory to stop there");
        }
        if (atEnd) {
            barrier.endRound(lane, round);
        }
    }

    private static RefusedStreamException disagreement(StreamRecord record, String what) {
        return new RefusedStreamException(
                record.place() + ": the start gives " + what + "; delete the migration and send it again");
    }
}
