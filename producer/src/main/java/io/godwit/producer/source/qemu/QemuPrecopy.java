package io.godwit.producer.source.qemu;

import io.godwit.producer.precopy.AutoConverge;
import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.PipeRate;
import io.godwit.producer.precopy.PrecopyListener;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.precopy.PrecopyState;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.qemu.qmp.QmpEvent;
import io.godwit.qemu.stream.QemuStreamReader;
import io.godwit.qemu.stream.ReturnPath;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Passes on what QEMU sends, round by round, and decides when QEMU may pause its guest.
 *
 * <p>QEMU takes a page for sent once it is in the socket. From there to the target are queues that may hold a second's worth,
 * so that a guest paused by QEMU's own reckoning would stand still until all of them are empty. So QEMU is held, by the
 * acknowledgement that it awaits before it pauses, until a round has arrived where targets read it and what the guest dirtied
 * since fits the downtime limit at the rate at which it arrived.
 *
 * <p>A round ends where QEMU syncs its dirty bitmap; pages that it had in flight just then may count for the round before or
 * after. Used once, by one thread.
 */
final class QemuPrecopy implements AutoCloseable {
    /** What the handover takes beside the pages: device state, verification, and the word of both sides. */
    private static final Duration HANDOVER = Duration.ofMillis(40);
    /** The least share of the downtime limit that is left to pages. */
    private static final int LEAST_SHARE = 4;
    /** So many rounds are given to a third of the downtime limit before all of it is used. */
    private static final int ROUNDS_FOR_SHORT_PAUSE = 4;

    private static final int SHORT_PAUSE_SHARE = 3;
    /** A round that carries less says how long a record travels, not how many bytes pass. */
    private static final long MEASURABLE_BYTES = 16 << 20;

    private final SourceQemu qemu;
    private final MigrationQueries queries;
    private final StreamSocket stream;
    private final QemuStreamReader reader;
    private final PrecopySettings settings;
    private final PrecopyListener listener;
    private final int pageSize;
    private final PipeRate rate = new PipeRate();
    private final AutoConverge autoConverge = new AutoConverge();

    /** Set by events. */
    private volatile int pass = 1;

    private volatile boolean stopped;

    private int passOfRound = 1;
    private int round = 1;
    private long roundPages;
    private long carriedPages;
    private long beginNanos;
    private long dirtyBytesPerSecond;
    private int throttlePercent;
    private boolean toldPaused;
    private boolean mayPause;
    private byte[] heldBack;

    QemuPrecopy(
            SourceQemu qemu,
            StreamSocket stream,
            QemuStreamReader reader,
            PrecopySettings settings,
            PrecopyListener listener) {
        this.qemu = qemu;
        queries = new MigrationQueries(qemu);
        this.stream = stream;
        this.reader = reader;
        this.settings = settings;
        this.listener = listener;
        pageSize = reader.manifest().pageSize();
        stopped = !qemu.wasRunning();
        qemu.onEvent(this::hear);
    }

    /**
     * Passes everything up to the last byte of device state. When it returns, the guest stands still and QEMU waits.
     *
     * @throws IOException if QEMU ends its stream before
     */
    void migrate(PageSink sink) throws IOException, SinkClosedException, InterruptedException {
        beginNanos = System.nanoTime();
        roundPages = reader.manifest().totalPages();
        tell();
        while (!pass(sink)) {
            if (stopped && !toldPaused) {
                toldPaused = true;
                tell();
            }
        }
    }

    /** Passes the next item; returns whether it was the last one. */
    private boolean pass(PageSink sink) throws IOException, SinkClosedException, InterruptedException {
        switch (reader.next()) {
            case IDLE -> {
                sink.checkOpen();
                return reader.mayHaveEnded() && isAwaitingDestination() && passLast(sink);
            }
            case PAGE -> passPage(sink);
            case ZERO -> sink.zeroPages(reader.block(), reader.index(), reader.count());
            case SECTION_END -> endRoundWhereQemuDid(sink);
            case RAM_END -> endRound(sink);
            case DEVICE_STATE -> passDeviceState(sink);
            case END -> {
                return passLast(sink);
            }
            case PING -> stream.write(ReturnPath.pong(reader.ping()));
            case PREAMBLE, BLOCKS, RETURN_PATH -> {
                // Nothing to be passed.
            }
        }
        return false;
    }

    private void passPage(PageSink sink) throws SinkClosedException, InterruptedException {
        if (sink.page(reader.block(), reader.index(), reader.buffer(), reader.position())) {
            carriedPages++;
        }
    }

    private void passDeviceState(PageSink sink) throws SinkClosedException, InterruptedException {
        if (heldBack != null) {
            sink.deviceState(heldBack, false);
        }
        heldBack = reader.bytes();
    }

    private boolean passLast(PageSink sink) throws SinkClosedException, InterruptedException {
        sink.deviceState(heldBack, true);
        return true;
    }

    private void endRoundWhereQemuDid(PageSink sink) throws IOException, SinkClosedException, InterruptedException {
        int seen = pass;
        if (seen <= passOfRound) {
            return;
        }
        passOfRound = seen;
        endRound(sink);
        if (!stopped) {
            awaitTargets(sink);
        }
        beginRound();
    }

    private void endRound(PageSink sink) throws SinkClosedException, InterruptedException {
        sink.endRound();
        round++;
    }

    /** Waits until the round has arrived; QEMU waits meanwhile, its guest runs on. */
    private void awaitTargets(PageSink sink) throws IOException, SinkClosedException, InterruptedException {
        long endNanos = System.nanoTime();
        sink.awaitCarried();
        long nowNanos = System.nanoTime();
        long sentBytes = carriedPages * pageSize;
        if (rate.bytesPerSecond() == 0 || sentBytes >= MEASURABLE_BYTES) {
            rate.measured(sentBytes, nowNanos - beginNanos);
        }
        Optional<MigrationInfo> answer = queries.now();
        if (answer.isPresent()) {
            judge(answer.get(), nowNanos - endNanos);
        }
    }

    /** @param travelNanos how long the round's last record took to arrive */
    private void judge(MigrationInfo now, long travelNanos) throws IOException {
        dirtyBytesPerSecond = now.dirtyBytesPerSecond();
        throttlePercent = now.throttlePercent();
        roundPages = now.remainingBytes() / pageSize;
        // QEMU knows what it found at its last sync; the guest has run on since.
        long dirtyBytes = now.remainingBytes() + (long) (dirtyBytesPerSecond * (travelNanos / 1e9));
        Duration limit = limitOfPages(travelNanos);
        if (!mayPause && rate.fits(dirtyBytes, limit)) {
            mayPause = true;
            qemu.allowPause(limit, rate.bytesPerSecond());
            if (qemu.isGated()) {
                stream.write(ReturnPath.switchoverAck());
            }
        }
        // By rates: a short round is short of time, not of what could have passed.
        autoConverge.roundEnded(rate.bytesPerSecond(), dirtyBytesPerSecond);
    }

    private boolean isAwaitingDestination() throws InterruptedException {
        return queries.now().map(MigrationInfo::isAwaitingDestination).orElse(false);
    }

    /** How long pages may take of the guest's pause: what is left by the time that a record travels, and by the handover. */
    private Duration limitOfPages(long travelNanos) {
        Duration whole = round <= ROUNDS_FOR_SHORT_PAUSE
                ? settings.downtimeLimit().dividedBy(SHORT_PAUSE_SHARE)
                : settings.downtimeLimit();
        Duration left = whole.minus(HANDOVER).minusNanos(travelNanos);
        Duration least = whole.dividedBy(LEAST_SHARE);
        return left.compareTo(least) > 0 ? left : least;
    }

    private void beginRound() {
        beginNanos = System.nanoTime();
        carriedPages = 0;
        tell();
    }

    private void tell() {
        listener.changed(new PrecopyState(
                round,
                roundPages,
                rate.bytesPerSecond(),
                dirtyBytesPerSecond,
                throttlePercent,
                autoConverge.isOutrun(),
                stopped));
    }

    @Override
    public void close() {
        queries.close();
    }

    /** On the monitor's thread. */
    private void hear(QmpEvent event) {
        switch (event.name()) {
            case "MIGRATION_PASS" -> pass = event.data().path("pass").asInt();
            case "STOP" -> stopped = true;
            case "RESUME" -> stopped = false;
            default -> {
                // Others do not matter here.
            }
        }
    }
}
