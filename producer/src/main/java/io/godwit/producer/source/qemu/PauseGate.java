package io.godwit.producer.source.qemu;

import io.godwit.producer.precopy.AutoConverge;
import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.qemu.stream.ReturnPath;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the guest's pause back until little enough is between the guest and its targets.
 *
 * <p>Follows one round at a time on a thread of its own, from its end at the source to its arrival, while the next one is
 * passed. What is passed ahead of a round that has not arrived is bounded: it would have to arrive in the guest's pause.
 */
final class PauseGate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PauseGate.class);
    /** What the handover takes beside the pages: device state, verification, and the word of both sides. */
    private static final Duration HANDOVER = Duration.ofMillis(40);
    /** The least share of the downtime limit that is left to pages. */
    private static final int LEAST_SHARE = 4;
    /** So many rounds are given to a third of the downtime limit before all of it is used. */
    private static final int ROUNDS_FOR_SHORT_PAUSE = 4;
    /** After so many, the time that a record travels no longer counts: a way that is always long must not hold a guest for ever. */
    private static final int ROUNDS_FOR_TRAVEL = 12;
    /** After so many, what is on its way no longer counts either: it is for QEMU to judge, as it would have without a gate. */
    private static final int ROUNDS_FOR_AHEAD = 20;

    private static final int SHORT_PAUSE_SHARE = 3;
    /** Bytes of pages that may be passed ahead of a round that has not arrived. */
    private static final long MAX_AHEAD_BYTES = 32 << 20;

    private static final long TURN_MILLIS = 20;

    /**
     * A round that has ended at the source.
     *
     * @param bytes of its pages that carry any
     * @param endNanos when it ended
     */
    private record EndedRound(int number, long bytes, long endNanos) {}

    /** No round follows. */
    private static final EndedRound NONE = new EndedRound(0, 0, 0);

    private final SourceQemu qemu;
    private final StreamSocket stream;
    private final PrecopySettings settings;
    private final PageSink sink;
    private final MigrationQueries queries;
    private final ArrivalRate rate = new ArrivalRate();
    private final AutoConverge autoConverge = new AutoConverge();
    private final BlockingQueue<EndedRound> ended = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::follow, "godwit-pause-gate");

    private long arrivedNanos = System.nanoTime();
    private long leastTravelNanos = Long.MAX_VALUE;
    private boolean open;
    /** Of the thread that passes pages. */
    private boolean braked;

    private volatile boolean following;
    private final AtomicLong aheadBytes = new AtomicLong();
    private volatile long syncNanos = System.nanoTime();
    private volatile MigrationInfo info = MigrationInfo.UNKNOWN;

    /** @param queries asked by the gate's thread alone from now on */
    PauseGate(SourceQemu qemu, StreamSocket stream, PrecopySettings settings, PageSink sink, MigrationQueries queries) {
        this.qemu = qemu;
        this.stream = stream;
        this.settings = settings;
        this.sink = sink;
        this.queries = queries;
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether a round is on its way: then the next one is not ended yet. */
    boolean isFollowing() {
        return following;
    }

    /** A round has ended; not while {@link #isFollowing}. */
    void roundEnded(int number, long bytes) {
        following = true;
        aheadBytes.set(0);
        ended.add(new EndedRound(number, bytes, System.nanoTime()));
    }

    /** QEMU has synced its dirty bitmap just now. */
    void synced() {
        syncNanos = System.nanoTime();
    }

    /** Bytes of pages were passed; always by the same thread. */
    void passed(int bytes) {
        aheadBytes.lazySet(aheadBytes.getPlain() + bytes);
    }

    /** Whether enough was passed for now, until a round has arrived. */
    boolean isFarAhead() {
        return following && aheadBytes.get() > MAX_AHEAD_BYTES;
    }

    /** Waits a moment for a round to arrive. */
    void awaitArrival() throws InterruptedException {
        synchronized (ended) {
            if (following) {
                ended.wait(TURN_MILLIS);
            }
        }
    }

    /** Has QEMU sync its dirty bitmap no more, or where it has no gate a few times a second, until {@link #release}. Does not wait for it. */
    void brake() {
        if (!braked) {
            braked = true;
            queries.run(qemu::brake);
        }
    }

    /** Has QEMU go on as fast as it can. Does not wait for it. */
    void release() {
        if (braked) {
            braked = false;
            queries.run(qemu::releaseBrake);
        }
    }

    /** What QEMU said last. */
    MigrationInfo info() {
        return info;
    }

    /** Bytes of pages that arrive a second. */
    long bytesPerSecond() {
        return rate.bytesPerSecond();
    }

    /** Whether the guest dirties memory faster than can be sent. */
    boolean isOutrun() {
        return autoConverge.isOutrun();
    }

    /** Follows no further round; one that is being followed is let go once nothing is taken any more. */
    @Override
    public void close() {
        // Not interrupted: an interrupt in a write would close QEMU's stream.
        ended.add(NONE);
    }

    /** Body of the thread. */
    private void follow() {
        try {
            for (EndedRound round = ended.take(); round.number() > 0; round = ended.take()) {
                sink.awaitCarried(round.number());
                arrived(round);
                synchronized (ended) {
                    following = false;
                    ended.notifyAll();
                }
            }
        } catch (InterruptedException | SinkClosedException e) {
            LOG.trace("the gate is no longer needed", e);
        } catch (IOException e) {
            LOG.warn("QEMU could not be told when to pause its guest: {}", e.getMessage());
        } catch (RuntimeException e) {
            // The migration has ended meanwhile, and closed what is asked here; whoever ended it tells why.
            LOG.debug("the gate was left", e);
        }
    }

    private void arrived(EndedRound round) throws IOException, InterruptedException {
        long now = System.nanoTime();
        rate.arrived(round.bytes(), now - arrivedNanos);
        arrivedNanos = now;
        leastTravelNanos = Math.min(leastTravelNanos, now - round.endNanos());
        Optional<MigrationInfo> answer = queries.now();
        if (answer.isPresent()) {
            info = answer.get();
            autoConverge.roundEnded(rate.bytesPerSecond(), info.dirtyBytesPerSecond());
            judge(round, now);
        }
    }

    private void judge(EndedRound round, long now) throws IOException {
        // QEMU knows what it found at its last sync; the guest has run on since.
        long unknownBytes = (long) (info.dirtyBytesPerSecond() * ((now - syncNanos) / 1e9));
        long countedAhead = round.number() <= ROUNDS_FOR_AHEAD ? aheadBytes.get() : 0;
        long restBytes = countedAhead + info.remainingBytes() + unknownBytes;
        Duration limit = limitOfPages(round.number());
        LOG.debug(
                "round {} of {} bytes travelled {} ms; {} bytes ahead, {} dirty, {} unknown, at {} bytes/s; limit {} ms",
                round.number(),
                round.bytes(),
                TimeUnit.NANOSECONDS.toMillis(now - round.endNanos()),
                aheadBytes.get(),
                info.remainingBytes(),
                unknownBytes,
                rate.bytesPerSecond(),
                limit.toMillis());
        if (!open && rate.fits(restBytes, limit)) {
            open = true;
            qemu.releaseBrake();
            qemu.allowPause(limit, rate.bytesPerSecond());
            if (qemu.isGated()) {
                stream.write(ReturnPath.switchoverAck());
            }
        }
    }

    /** How long pages may take of the guest's pause: what is left by the time that a record travels, and by the handover. */
    private Duration limitOfPages(int round) {
        Duration whole = round <= ROUNDS_FOR_SHORT_PAUSE
                ? settings.downtimeLimit().dividedBy(SHORT_PAUSE_SHARE)
                : settings.downtimeLimit();
        Duration left = whole.minus(HANDOVER).minusNanos(round <= ROUNDS_FOR_TRAVEL ? leastTravelNanos : 0);
        Duration least = whole.dividedBy(LEAST_SHARE);
        return left.compareTo(least) > 0 ? left : least;
    }
}
