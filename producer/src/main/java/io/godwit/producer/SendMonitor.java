package io.godwit.producer;

import io.godwit.directory.LaneTotals;
import io.godwit.producer.SendProgress.Phase;
import io.godwit.producer.precopy.PrecopyListener;
import io.godwit.producer.precopy.PrecopyState;
import io.godwit.producer.publish.PagePipeline;
import io.godwit.producer.publish.SendCounters;
import io.godwit.report.ByteCounts;
import io.godwit.report.PageCounts;
import io.godwit.report.RoleReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Knows how far a sending is: for progress, for the report, and for a stop that must not come too late. Any thread. */
final class SendMonitor implements PrecopyListener {
    /** Why a pipeline was closed: the operator wanted it. */
    static final class StopRequest extends Exception {
        private static final long serialVersionUID = 1L;

        StopRequest() {
            super("stopped");
        }
    }

    private static final String ROLE = "send";
    private static final double BYTES_PER_MB = 1e6;

    private final SendOptions options;
    private final List<String> warnings = new ArrayList<>();

    private PagePipeline pipeline;
    private Phase phase = Phase.PREPARING;
    private PrecopyState state = PrecopyState.INITIAL;
    private long pagesBeforeRound;
    private int attempt;
    private long guestBytes;
    private boolean stopRequested;
    private boolean allPassed;
    private boolean gone;
    private long beginNanos = System.nanoTime();
    private long pausedNanos;
    private long endNanos;

    SendMonitor(SendOptions options) {
        this.options = options;
    }

    /** Sending begins: the time is taken from here. */
    synchronized void begins(int newAttempt, long newGuestBytes, PagePipeline newPipeline) {
        attempt = newAttempt;
        guestBytes = newGuestBytes;
        pipeline = newPipeline;
        phase = Phase.PRECOPY;
        beginNanos = System.nanoTime();
        if (stopRequested) {
            pipeline.stop(new StopRequest());
        }
    }

    @Override
    public synchronized void changed(PrecopyState newState) {
        if (newState.paused() && !state.paused()) {
            phase = Phase.STOP_AND_COPY;
            pausedNanos = System.nanoTime();
        }
        if (newState.outrun() && !state.outrun()) {
            warn(outrun(newState));
        }
        pagesBeforeRound = pipeline.counters().pages();
        state = newState;
    }

    /** All pages were passed: from here on, a stop comes too late. */
    synchronized void passed() {
        allPassed = true;
    }

    /** The guest is to be given away: returns whether nobody has asked for a stop; from here on, that comes too late. */
    synchronized boolean tryGive() {
        allPassed = !stopRequested;
        return allPassed;
    }

    /** All records are stored. */
    synchronized void stored() {
        phase = Phase.AWAITING_STREAM;
        endNanos = System.nanoTime();
    }

    /** The guest waits to be given away. */
    synchronized void handsOver() {
        phase = Phase.HANDOVER;
    }

    /** The guest has left its source. */
    synchronized void handedOver() {
        gone = true;
        phase = Phase.AWAITING_STREAM;
        endNanos = System.nanoTime();
    }

    /** All records are on the stream. */
    synchronized void onStream() {
        endNanos = System.nanoTime();
    }

    synchronized void ended() {
        phase = Phase.ENDED;
        if (endNanos == 0) {
            endNanos = System.nanoTime();
        }
    }

    synchronized void stop() {
        stopRequested = true;
        if (pipeline != null && !allPassed) {
            pipeline.stop(new StopRequest());
        }
    }

    /** The attempt cannot go on. */
    synchronized void refuse(SourceException reason) {
        if (pipeline != null) {
            pipeline.stop(reason);
        }
    }

    synchronized boolean isHandedOver() {
        return gone;
    }

    synchronized boolean isStopRequested() {
        return stopRequested;
    }

    synchronized void warn(String warning) {
        warnings.add(warning);
    }

    synchronized SendProgress progress() {
        if (pipeline == null) {
            return new SendProgress(phase, attempt, guestBytes, state, 0, 0, 0, 0, 0, 0, elapsedMillis());
        }
        SendCounters counters = pipeline.counters();
        return new SendProgress(
                phase,
                attempt,
                guestBytes,
                state,
                state.roundPages() * pipeline.pageSize(),
                (counters.pages() - pagesBeforeRound) * pipeline.pageSize(),
                counters.normalPages(),
                counters.zeroPages(),
                counters.payloadBytes(),
                counters.wireBytes(),
                elapsedMillis());
    }

    /** @param onStream what the transformer made of it; null where that is not known */
    synchronized SendReport report(String status, boolean isLive, LaneTotals onStream) {
        boolean interrupted = status.equals(SendReport.INTERRUPTED);
        if (interrupted) {
            endNanos = System.nanoTime();
        }
        SendCounters sent = pipeline.counters();
        long handledBytes = sent.pages() * pipeline.pageSize();
        RoleReport summary = new RoleReport(
                options.migration(),
                ROLE,
                status,
                pipeline.rounds(),
                onStream == null
                        ? new PageCounts(sent.normalPages(), sent.zeroPages(), null, null, null, null)
                        : onStream.pages(),
                onStream == null
                        ? new ByteCounts(handledBytes, sent.payloadBytes(), null)
                        : new ByteCounts(handledBytes, onStream.payloadBytes(), onStream.wireBytes()),
                TimeUnit.NANOSECONDS.toMillis(endNanos - beginNanos),
                isLive && !interrupted ? TimeUnit.NANOSECONDS.toMillis(endNanos - pausedNanos) : null,
                null,
                interrupted ? null : String.format(Locale.ROOT, "%016x", pipeline.digest()));
        return new SendReport(summary, attempt, warnings);
    }

    /** The guest had left its source in an earlier attempt already: nothing was sent. */
    synchronized SendReport reportOfRecovery() {
        RoleReport summary = new RoleReport(
                options.migration(),
                ROLE,
                SendReport.COMPLETED,
                0,
                new PageCounts(null, null, null, null, null, null),
                new ByteCounts(null, null, null),
                elapsedMillis(),
                null,
                null,
                null);
        return new SendReport(summary, attempt, warnings);
    }

    private long elapsedMillis() {
        return TimeUnit.NANOSECONDS.toMillis((endNanos == 0 ? System.nanoTime() : endNanos) - beginNanos);
    }

    private String outrun(PrecopyState outrun) {
        String pace = String.format(
                Locale.ROOT,
                "the guest dirties %.1f MB/s and %.1f MB/s pass",
                outrun.dirtyBytesPerSecond() / BYTES_PER_MB,
                outrun.bytesPerSecond() / BYTES_PER_MB);
        if (outrun.throttlePercent() > 0) {
            return "the migration did not converge by itself: " + pace + "; the guest was throttled";
        }
        return "the migration does not converge: " + pace
                + "; let the guest be throttled (--auto-converge), allow a longer"
                + " pause (--downtime-limit), or raise --max-bandwidth";
    }
}
