package io.godwit.benchmarks.qemu;

import io.godwit.cli.guest.QemuGuest;
import java.nio.file.Path;
import java.util.Map;

/** A way to move a running guest from one QEMU to another. */
interface Contender {
    /**
     * What is known of a move when it is over.
     *
     * @param bytes sent from one host to the other, or put on the stream
     * @param rounds over the guest's memory
     * @param cpuSeconds CPU seconds of each process but the two QEMUs, by role
     */
    record Outcome(long bytes, long rounds, Map<String, Double> cpuSeconds) {}

    /** A name for a row of the table, and for {@code --mode}. */
    String title();

    /** Whether the destination's RAM must lie in a shared file. */
    default boolean needsSharedMemory() {
        return false;
    }

    /**
     * Moves the guest and returns once it runs at the destination and the source has let it go.
     *
     * @param directory for what the move needs; private to it, and there
     */
    Outcome move(QemuGuest source, QemuGuest destination, Cap cap, Path directory) throws Exception;
}
