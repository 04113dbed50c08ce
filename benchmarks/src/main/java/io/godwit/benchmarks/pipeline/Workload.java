package io.godwit.benchmarks.pipeline;

import io.godwit.ramdir.MappedBlock;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** Guest memory to move: what its pages hold, written to a RAM directory. Seeded, so that every run moves the same bytes. */
enum Workload {
    /** Every page random: nothing can be saved. */
    RANDOM("incompressible", 0),
    /** Every page zero. */
    ZERO("all zero", 100);

    private static final int CHUNK = 1 << 20;

    final String title;
    private final int zeroPercent;

    Workload(String title, int zeroPercent) {
        this.title = title;
        this.zeroPercent = zeroPercent;
    }

    /** Writes one block of {@code bytes} bytes below {@code directory}. */
    RamDirectory write(Path directory, long bytes) throws IOException {
        Files.createDirectories(directory);
        RamDirectory laidOut = RamDirectory.layOut(
                directory, new Manifest(Manifest.DEFAULT_PAGE_SIZE, List.of(new RamBlock("pc.ram", bytes))));
        SplittableRandom random = new SplittableRandom(1);
        byte[] chunk = new byte[CHUNK];
        try (MappedBlock block = MappedBlock.openWritable(laidOut.files().get(0), bytes)) {
            for (long at = 0; at < bytes && zeroPercent == 0; at += CHUNK) {
                random.nextBytes(chunk);
                block.write(at, chunk, 0, (int) Math.min(CHUNK, bytes - at));
            }
        }
        laidOut.writeManifest();
        return laidOut;
    }
}
