package io.godwit.benchmarks.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import io.godwit.benchmarks.pipeline.GodwitRoles;
import io.godwit.cli.guest.QemuGuest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Godwit, with a broker and a transformer that have moved something before, and a receiver that waits.
 *
 * @param needsSharedMemory whether the destination's RAM lies in a shared file, so that pages are placed there; else they are
 *     forwarded to QEMU
 */
record GodwitMove(String title, boolean needsSharedMemory, GodwitRoles roles) implements Contender {
    @Override
    public Outcome move(QemuGuest source, QemuGuest destination, Cap cap, Path directory) throws Exception {
        List<String> from =
                new ArrayList<>(List.of("--qmp", source.agentSocket().toString()));
        if (cap != Cap.NONE) {
            from.addAll(List.of("--max-bandwidth", String.valueOf(cap.bytesPerSecond)));
        }
        GodwitRoles.Migration migration =
                roles.migrate(from, List.of("--qmp", destination.agentSocket().toString()));
        JsonNode wire = migration.received().path("bytes").path("wire");
        return new Outcome(wire.asLong(), migration.sent().path("rounds").asLong(), migration.cpuSeconds());
    }
}
