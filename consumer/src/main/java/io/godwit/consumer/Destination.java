package io.godwit.consumer;

import io.godwit.consumer.qemu.QemuTarget;
import io.godwit.consumer.sink.TargetDirectory;
import io.godwit.consumer.sink.TargetException;
import io.godwit.consumer.sink.TargetStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** Where a migration is received: files, or a hypervisor that then runs the guest. */
public sealed interface Destination {
    /** A RAM directory: missing, empty, or with what an earlier receiver left of the migration. */
    record RamDirectory(Path path) implements Destination {
        public RamDirectory {
            Objects.requireNonNull(path, "path");
        }

        @Override
        public TargetStore claim(String migration) throws TargetException, IOException {
            return TargetDirectory.claim(path, migration);
        }

        @Override
        public boolean runsGuest() {
            return false;
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** A QEMU that was started with {@code -incoming defer -S}, by its monitor's socket. */
    record Qemu(Path monitor) implements Destination {
        public Qemu {
            Objects.requireNonNull(monitor, "monitor");
        }

        @Override
        public TargetStore claim(String migration) throws IOException {
            return QemuTarget.claim(monitor, migration);
        }

        @Override
        public boolean runsGuest() {
            return true;
        }

        @Override
        public String toString() {
            return "the QEMU at " + monitor;
        }
    }

    /**
     * Takes it for {@code migration} until what is returned is closed.
     *
     * @throws TargetException if it holds or does something else
     */
    TargetStore claim(String migration) throws TargetException, IOException;

    /** Whether a received guest runs there: then a second one must not. */
    boolean runsGuest();
}
