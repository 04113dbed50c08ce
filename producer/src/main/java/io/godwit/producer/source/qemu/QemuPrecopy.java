package io.godwit.producer.source.qemu;

import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.PrecopyListener;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.precopy.PrecopyState;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.qemu.qmp.QmpEvent;
import io.godwit.qemu.stream.QemuStreamReader;
import io.godwit.qemu.stream.ReturnPath;
import java.io.IOException;

/**
 * Passes on what QEMU sends, round by round.
 *
 * <p>QEMU takes a page for sent once it is in the socket. From there to the target are queues that may hold a second's worth,
 * so that a guest paused by QEMU's own reckoning would stand still until all of them are empty. So QEMU is held, by the
 * acknowledgement that it awaits before it pauses, until {@link PauseGate} lets it.
 *
 * <p>A round ends where QEMU has synced its dirty bitmap and the round before has arrived; pages that QEMU had in flight just
 * then may count for the round before or after. Used once, by one thread, which never waits for an answer of QEMU's: while
 * QEMU writes its last pages it answers nobody.
 */
final class QemuPrecopy implements AutoCloseable {
    /** So few fit into QEMU's socket. */
    private static final int FEW_PAGES = 64;

    private final StreamSocket stream;
    private final QemuStreamReader reader;
    private final PrecopyListener listener;
    private final PageSink sink;
    private final MigrationQueries queries;
    private final MigrationQueries endQueries;
    private final PauseGate gate;
    private final int pageSize;

    /** Set by events. */
    private volatile int pass = 1;

    private volatile boolean stopped;

    private int passOfRound = 1;
    private int round = 1;
    private long carriedPages;
    private boolean toldPaused;
    private byte[] heldBack;

    QemuPrecopy(
            SourceQemu qemu,
            StreamSocket stream,
            QemuStreamReader reader,
            PrecopySettings settings,
            PrecopyListener listener,
            PageSink sink) {
        this.stream = stream;
        this.reader = reader;
        this.listener = listener;
        this.sink = sink;
        queries = new MigrationQueries(qemu);
        endQueries = new MigrationQueries(qemu);
        gate = new PauseGate(qemu, stream, settings, sink, queries);
        pageSize = reader.manifest().pageSize();
        stopped = !qemu.wasRunning();
        qemu.onEvent(this::hear);
    }

    /**
     * Passes everything up to the last byte of device state. When it returns, the guest stands still and QEMU waits.
     *
     * @throws IOException if QEMU ends its stream before
     */
    void migrate() throws IOException, SinkClosedException, InterruptedException {
        tell(reader.manifest().totalPages());
        while (!pass()) {
            if (stopped && !toldPaused) {
                toldPaused = true;
                tell(0);
            }
        }
    }

    @Override
    public void close() {
        gate.close();
        queries.close();
        endQueries.close();
    }

    /** Passes the next item; returns whether it was the last one. */
    private boolean pass() throws IOException, SinkClosedException, InterruptedException {
        // Reads that do not block do not notice by themselves.
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while QEMU's stream was read");
        }
        switch (reader.next()) {
            case IDLE -> {
                sink.checkOpen();
                return reader.mayHaveEnded() && isAwaitingDestination() && passLast();
            }
            case PAGE -> passPage();
            case ZERO -> sink.zeroPages(reader.block(), reader.index(), reader.count());
            case SECTION_END -> endRoundWhereQemuDid();
            case RAM_END -> endRound();
            case DEVICE_STATE -> passDeviceState();
            case END -> {
                return passLast();
            }
            case PING -> stream.write(ReturnPath.pong(reader.ping()));
            case PREAMBLE, BLOCKS, RETURN_PATH -> {
                // Nothing to be passed.
            }
        }
        return false;
    }

    private void passPage() throws SinkClosedException, InterruptedException {
        if (!sink.page(reader.block(), reader.index(), reader.buffer(), reader.position())) {
            return;
        }
        carriedPages++;
        gate.passed(pageSize);
        while (gate.isFarAhead() && !stopped) {
            gate.awaitArrival();
            sink.checkOpen();
        }
    }

    private void passDeviceState() throws SinkClosedException, InterruptedException {
        if (heldBack != null) {
            sink.deviceState(heldBack, false);
        }
        heldBack = reader.bytes();
    }

    private boolean passLast() throws SinkClosedException, InterruptedException {
        sink.deviceState(heldBack, true);
        return true;
    }

    private void endRoundWhereQemuDid() throws SinkClosedException, InterruptedException {
        int seen = pass;
        if (!gate.isFollowing()) {
            gate.release();
        }
        if (seen == passOfRound || stopped) {
            return;
        }
        if (gate.isFollowing()) {
            holdBack();
            return;
        }
        passOfRound = seen;
        int ended = round;
        endRound();
        gate.roundEnded(ended, carriedPages * pageSize);
        carriedPages = 0;
        tell(gate.info().remainingBytes() / pageSize);
    }

    /**
     * QEMU has sent all that was dirty and synced again, before the round before has arrived: more would only queue up. Each
     * sync costs the guest, too, and under software emulation may lose its writes. A QEMU that writes pages waits while they
     * are not read; one with next to none to write is braked.
     */
    private void holdBack() throws SinkClosedException, InterruptedException {
        if (carriedPages < FEW_PAGES) {
            gate.brake();
            return;
        }
        while (gate.isFollowing() && !stopped) {
            gate.awaitArrival();
            sink.checkOpen();
        }
    }

    private void endRound() throws SinkClosedException, InterruptedException {
        sink.endRound();
        round++;
    }

    private boolean isAwaitingDestination() throws InterruptedException {
        return endQueries.now().map(MigrationInfo::isAwaitingDestination).orElse(false);
    }

    private void tell(long roundPages) {
        MigrationInfo info = gate.info();
        listener.changed(new PrecopyState(
                round,
                roundPages,
                gate.bytesPerSecond(),
                info.dirtyBytesPerSecond(),
                info.throttlePercent(),
                gate.isOutrun(),
                stopped));
    }

    /** On the monitor's thread. */
    private void hear(QmpEvent event) {
        switch (event.name()) {
            case "MIGRATION_PASS" -> {
                gate.synced();
                pass = event.data().path("pass").asInt();
            }
            case "STOP" -> stopped = true;
            case "RESUME" -> stopped = false;
            default -> {
                // Others do not matter here.
            }
        }
    }
}
