package io.godwit.producer.source.qemu;

import io.godwit.producer.precopy.GuestException;
import io.godwit.producer.precopy.PageSink;
import io.godwit.producer.precopy.PrecopyListener;
import io.godwit.producer.precopy.PrecopySettings;
import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.producer.source.MemorySource;
import io.godwit.qemu.stream.MalformedStreamException;
import io.godwit.qemu.stream.QemuStreamReader;
import io.godwit.qemu.stream.ReturnPath;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A guest that runs in an unmodified QEMU. QEMU migrates it by its own rules into a socket that is read here; until the guest
 * may go it waits there, its guest paused, and whatever breaks before leaves the guest running where it is.
 *
 * <p>Source: QEMU's {@code docs/devel/migration}.
 */
public final class QemuSource implements MemorySource {
    private static final Logger LOG = LoggerFactory.getLogger(QemuSource.class);

    private final SourceQemu qemu;
    private final PrecopySettings settings;

    private StreamSocket stream;
    private QemuStreamReader reader;
    private byte[] preamble;
    private boolean released;

    private QemuSource(SourceQemu qemu, PrecopySettings settings) {
        this.qemu = qemu;
        this.settings = settings;
    }

    /**
     * Connects to a QEMU and looks whether its guest can be migrated. Changes nothing there.
     *
     * @param qmp a QMP monitor's unix socket
     * @param settings the same that {@link #migrate} is called with: QEMU wants to know some of them before it begins
     * @throws IOException if the guest cannot be migrated; the message says why and what to do
     */
    public static QemuSource connect(Path qmp, PrecopySettings settings) throws IOException {
        SourceQemu qemu = SourceQemu.connect(qmp);
        try {
            // A guest that has left already may be what an earlier sender did not live to tell.
            if (!qemu.hasLetGo()) {
                qemu.check();
            }
            return new QemuSource(qemu, settings);
        } catch (IOException e) {
            qemu.close();
            throw e;
        }
    }

    /**
     * What became of the guest of a QEMU whose sender is dead; waits a while for a QEMU that is about to find out.
     *
     * @param qmp a QMP monitor's unix socket
     * @throws IOException if QEMU cannot be asked
     */
    public static Fate fateAt(Path qmp) throws IOException, InterruptedException {
        try (SourceQemu qemu = SourceQemu.connect(qmp)) {
            return qemu.awaitFate();
        }
    }

    @Override
    public String kind() {
        return "qemu";
    }

    /** Begins QEMU's migration, which is where it tells its RAM blocks. */
    @Override
    public Manifest manifest() throws IOException {
        if (reader == null) {
            begin();
        }
        return reader.manifest();
    }

    @Override
    public boolean isLive() {
        return true;
    }

    @Override
    public void migrate(PageSink sink, PrecopySettings ignored, PrecopyListener listener)
            throws IOException, SinkClosedException, InterruptedException {
        manifest();
        sink.deviceState(preamble, false);
        try (QemuPrecopy precopy = new QemuPrecopy(qemu, stream, reader, settings, listener, sink)) {
            precopy.migrate();
        } catch (GuestException | MalformedStreamException e) {
            throw e;
        } catch (IOException e) {
            throw explained(e);
        }
    }

    /** Tells QEMU that its guest has arrived elsewhere, and waits until it has let go. */
    @Override
    public void release() throws IOException, InterruptedException {
        stream.write(ReturnPath.arrived());
        qemu.awaitReleased();
        released = true;
    }

    /** QEMU breaks its migration off where the sender dies, and its guest runs on; who let go of a guest stays so. */
    @Override
    public Fate fate() throws IOException {
        return qemu.fate();
    }

    @Override
    public void resume() {
        if (stream == null || released) {
            return;
        }
        // An interrupt is no reason to leave a guest where it is, and would close the monitor's session.
        boolean interrupted = Thread.interrupted();
        try {
            // Before anything is asked: a QEMU that cannot write its last pages does not answer either.
            stream.close();
            qemu.awaitFailed();
            qemu.ensureRunning();
        } catch (IOException e) {
            LOG.warn("Whether the guest runs on could not be seen: {}", e.getMessage());
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (!released) {
            resume();
        }
        if (stream != null) {
            stream.close();
        }
        qemu.close();
    }

    private void begin() throws IOException {
        qemu.check();
        qemu.prepare(settings.autoConverge());
        stream = StreamSocket.listen();
        qemu.migrate(stream.path());
        stream.accept();
        QemuStreamReader fresh = new QemuStreamReader(stream);
        try {
            readUntilBlocks(fresh);
        } catch (GuestException | MalformedStreamException e) {
            throw e;
        } catch (IOException e) {
            throw explained(e);
        }
        reader = fresh;
    }

    private void readUntilBlocks(QemuStreamReader fresh) throws IOException {
        while (true) {
            switch (fresh.next()) {
                case IDLE -> checkUnderWay();
                case PREAMBLE -> preamble = fresh.bytes();
                case PING -> stream.write(ReturnPath.pong(fresh.ping()));
                case BLOCKS -> {
                    return;
                }
                default -> {
                    // The return path was opened: nothing to be said to that.
                }
            }
        }
    }

    private void checkUnderWay() throws IOException {
        MigrationInfo now = qemu.migration();
        if (!now.isUnderWay()) {
            throw new GuestException("QEMU's migration is " + now.status() + ": " + now.error());
        }
    }

    /** QEMU says on its monitor why it broke its stream off. */
    private IOException explained(IOException e) {
        try {
            MigrationInfo now = qemu.migration();
            return new GuestException(
                    "QEMU ended its migration (" + now.status() + "): "
                            + (now.error().isEmpty() ? e.getMessage() : now.error()),
                    e);
        } catch (IOException gone) {
            gone.addSuppressed(e);
            return gone;
        }
    }
}
