package io.godwit.benchmarks.qemu;

import io.godwit.cli.guest.QemuGuest;
import io.godwit.files.TemporaryDirectory;
import java.io.IOException;
import java.nio.file.Path;

/** A QEMU with a directory of its own: its memory is gone from the disk when it is closed, which may be done again. */
record Host(QemuGuest guest, TemporaryDirectory place) implements AutoCloseable {
    /** Starts a QEMU. */
    @FunctionalInterface
    interface Start {
        QemuGuest in(Path directory) throws Exception;
    }

    static Host of(Start start) throws Exception {
        TemporaryDirectory place = TemporaryDirectory.create("godwit-host-");
        try {
            return new Host(start.in(place.path().resolve("qemu")), place);
        } catch (Exception e) {
            place.close();
            throw e;
        }
    }

    /** For sockets between source and destination. */
    Path directory() {
        return place.path();
    }

    @Override
    public void close() throws IOException {
        guest.close();
        place.close();
    }
}
