package io.godwit.consumer;

import java.nio.file.Path;
import java.util.Objects;

/** Where a guest is received into. */
public sealed interface Destination {
    /**
     * A directory of files.
     *
     * @param path missing, empty, or with what an earlier receiver left of the same migration
     */
    record Directory(Path path) implements Destination {
        public Directory {
            Objects.requireNonNull(path, "path");
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * A QEMU that was started with {@code -incoming defer -S}: the guest continues there.
     *
     * @param qmp unix socket of its monitor
     */
    record Qemu(Path qmp) implements Destination {
        public Qemu {
            Objects.requireNonNull(qmp, "qmp");
        }

        @Override
        public String toString() {
            return "the QEMU at " + qmp;
        }
    }
}
