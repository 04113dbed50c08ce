package io.godwit.consumer.qemu;

import io.godwit.consumer.position.BootId;
import io.godwit.consumer.position.PageHashes;
import io.godwit.consumer.position.PositionFile;
import io.godwit.consumer.position.TargetIdentity;
import io.godwit.consumer.sink.OpenTarget;
import io.godwit.consumer.sink.TargetException;
import io.godwit.consumer.sink.TargetStore;
import io.godwit.files.TemporaryDirectory;
import io.godwit.record.Manifest;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.topic.Lanes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A QEMU that waits for a guest, as a target. What it was sent cannot be taken back, so a receiver that starts again needs a
 * QEMU that was started anew, and replays the stream.
 *
 * <p>A target is prepared when QEMU has loaded the guest and keeps it paused, and complete when the guest runs. One thread at a
 * time.
 */
public final class QemuTarget implements TargetStore {
    static final String TEMPORARY_PREFIX = "godwit-qemu-";

    private final String migration;
    private final IncomingQemu qemu;

    private QemuTarget(String migration, IncomingQemu qemu) {
        this.migration = migration;
        this.qemu = qemu;
    }

    /**
     * Connects to QEMU's monitor.
     *
     * @throws IncomingQemuException if nobody listens there, or it does not wait for a guest
     */
    public static QemuTarget claim(Path qmp, String migration) throws IOException {
        return new QemuTarget(migration, IncomingQemu.connect(qmp));
    }

    @Override
    public Optional<OpenTarget> resume(String stream) {
        return Optional.empty();
    }

    @Override
    public OpenTarget create(StreamStart start) throws TargetException, IOException {
        Manifest manifest = start.manifest();
        if (manifest.pageSize() != Manifest.DEFAULT_PAGE_SIZE) {
            throw new TargetException("migration " + migration + " has pages of " + manifest.pageSize()
                    + " bytes, QEMU of " + Manifest.DEFAULT_PAGE_SIZE + ": receive it with --ram-dir");
        }
        // Everything in it is mapped or open when it is removed.
        try (TemporaryDirectory directory = TemporaryDirectory.create(TEMPORARY_PREFIX)) {
            IncomingGuest guest = IncomingGuest.open(qemu, manifest, directory.path());
            try {
                return create(start, guest, directory.path());
            } catch (IOException | RuntimeException e) {
                guest.close();
                throw e;
            }
        }
    }

    private OpenTarget create(StreamStart start, IncomingGuest guest, Path directory) throws IOException {
        Manifest manifest = start.manifest();
        PositionFile positions = PositionFile.create(
                directory.resolve("position"),
                new TargetIdentity(
                        migration,
                        start.stream(),
                        BootId.current(),
                        start.lanes(),
                        start.stripePages(),
                        manifest.totalPages()));
        PageHashes hashes = PageHashes.create(directory.resolve("hashes"), manifest);
        Lanes lanes = new Lanes(manifest, start.lanes(), start.stripePages());
        return new OpenTarget(manifest, lanes, new QemuSink(guest, manifest, directory), positions, hashes);
    }

    @Override
    public void close() throws IOException {
        qemu.close();
    }
}
