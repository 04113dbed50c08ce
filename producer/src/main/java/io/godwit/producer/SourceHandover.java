package io.godwit.producer;

import io.godwit.directory.Handover;
import io.godwit.directory.HandoverView;
import io.godwit.directory.MigrationStatus;
import io.godwit.directory.MigrationView;
import io.godwit.producer.source.MemorySource;
import io.godwit.producer.source.MemorySource.Fate;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source's half of the handover, with the guest paused and all of it stored: gives it away, and only then lets go.
 *
 * <pre>
 *   verified   a target says VERIFIED ─ COMMITTED ─ the hypervisor lets go ─ RELEASED
 *   parked     all is on the stream   ─ PARKED    ─ the hypervisor lets go ─ RELEASED
 * </pre>
 *
 * Until the second step is written the guest can be kept: whatever goes wrong, and a stop, leave it at its source. One thread.
 */
final class SourceHandover {
    private static final Logger LOG = LoggerFactory.getLogger(SourceHandover.class);
    /** How soon a stop is noticed. */
    private static final Duration TURN = Duration.ofMillis(50);
    /** How often the directory is told, each time with all patience, that the guest has left: it lies nowhere else. */
    private static final int RELEASE_TRIES = 20;

    private final Attempt attempt;
    private final MemorySource source;
    private final SendMonitor monitor;
    private final Duration patience;
    private boolean undecided;

    SourceHandover(Attempt attempt, MemorySource source, SendMonitor monitor, Duration patience) {
        this.attempt = attempt;
        this.source = source;
        this.monitor = monitor;
        this.patience = patience;
    }

    /**
     * Hands the guest over.
     *
     * @return whether it has left its source; false if it was stopped before
     * @throws SourceException if the guest could not be given away; it is still at its source
     * @throws KafkaException as {@link SourceException}
     */
    boolean handOver() throws SourceException, InterruptedException {
        monitor.handsOver();
        boolean given = attempt.handover() == Handover.PARKED ? park() : commit();
        if (given) {
            release();
            monitor.handedOver();
            tellReleased();
        }
        return given;
    }

    /** Whether nobody knows if the guest has left its source: then nobody may be told that it has not. */
    boolean isUndecided() {
        return undecided;
    }

    private boolean commit() throws SourceException {
        Optional<MigrationStatus> target = awaitVerified();
        if (target.isEmpty() || !monitor.tryGive()) {
            return false;
        }
        attempt.commit(target.get());
        return true;
    }

    private boolean park() throws SourceException {
        if (!awaitStream() || !monitor.tryGive()) {
            return false;
        }
        attempt.park();
        return true;
    }

    /** Empty if it was stopped before. */
    private Optional<MigrationStatus> awaitVerified() throws SourceException {
        long deadline = System.nanoTime() + patience.toNanos();
        HandoverView view = look().handover();
        while (view.firstVerified().isEmpty()) {
            if (monitor.isStopRequested()) {
                return Optional.empty();
            }
            // A guest that stands still is not kept waiting for somebody to start another target.
            boolean allGaveUp = source.isLive()
                    && view.livingTargets().isEmpty()
                    && view.targets().stream().anyMatch(view::isEligible);
            if (allGaveUp || System.nanoTime() > deadline) {
                throw new SourceException(TargetPace.silence(view, patience));
            }
            view = look().handover();
        }
        return view.firstVerified();
    }

    /** Returns whether all is on the stream; false if it was stopped before. */
    private boolean awaitStream() throws SourceException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!look().isComplete()) {
            if (monitor.isStopRequested()) {
                return false;
            }
            if (System.nanoTime() > deadline) {
                throw new SourceException("the guest was not parked: no transformer has carried all of it on within "
                        + patience.toSeconds() + " s (--patience); see that godwit transform runs, and send again; the"
                        + " guest runs on");
            }
        }
        return true;
    }

    private MigrationView look() throws SourceException {
        MigrationView view = attempt.next(TURN);
        if (view.handover().cancelled()) {
            monitor.stop();
        }
        return view;
    }

    /** An error alone does not say whether the guest has left: the hypervisor does. */
    private void release() throws SourceException, InterruptedException {
        try {
            source.release();
        } catch (IOException e) {
            Fate fate = fate(e);
            if (fate != Fate.RELEASED) {
                undecided = fate == Fate.UNDECIDED;
                throw new SourceException(
                        "the guest's hypervisor did not let go of it: " + e.getMessage()
                                + "; see where it runs, and send again",
                        e);
            }
        }
    }

    private Fate fate(IOException failure) throws InterruptedException {
        try {
            return source.fate();
        } catch (IOException e) {
            failure.addSuppressed(e);
            return Fate.UNDECIDED;
        }
    }

    private void tellReleased() throws SourceException {
        KafkaException last = null;
        for (int tries = 0; tries < RELEASE_TRIES; tries++) {
            try {
                attempt.released();
                return;
            } catch (KafkaException e) {
                LOG.warn("The directory could not be told that the guest has left its source", e);
                last = e;
            }
        }
        throw new SourceException(
                "the guest has left its source, but Kafka could not be told, and its target waits for that: once Kafka can"
                        + " be reached, send again from the same source",
                last);
    }
}
