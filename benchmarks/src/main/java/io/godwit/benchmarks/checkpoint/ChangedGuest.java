package io.godwit.benchmarks.checkpoint;

import io.godwit.ramdir.MappedBlock;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A guest's memory, and what it is a while later. Half of the pages are noise, half are text of {@value #LETTERS} letters,
 * which takes half its size compressed; none is zero, and no two are equal. Seeded, so that every run moves the same bytes.
 */
final class ChangedGuest {
    private static final int PAGE_SIZE = Manifest.DEFAULT_PAGE_SIZE;
    private static final int LETTERS = 16;
    private static final int PERCENT = 100;

    private final long bytes;

    ChangedGuest(long bytes) {
        this.bytes = bytes;
    }

    /**
     * Writes the memory below {@code directory}.
     *
     * @param changedPercent of a hundred pages, wherever they lie, how many are other than in the memory of 0
     */
    Path write(Path directory, int changedPercent) throws IOException {
        Files.createDirectories(directory);
        RamDirectory laidOut =
                RamDirectory.layOut(directory, new Manifest(PAGE_SIZE, List.of(new RamBlock("pc.ram", bytes))));
        SplittableRandom choice = new SplittableRandom(1);
        byte[] page = new byte[PAGE_SIZE];
        try (MappedBlock block = MappedBlock.openWritable(laidOut.files().get(0), bytes)) {
            for (long at = 0; at < bytes; at += PAGE_SIZE) {
                boolean isChanged = choice.nextInt(PERCENT) < changedPercent;
                fill(page, isChanged ? ~at : at);
                block.write(at, page, 0, PAGE_SIZE);
            }
        }
        laidOut.writeManifest();
        return directory;
    }

    private static void fill(byte[] page, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        random.nextBytes(page);
        if (random.nextBoolean()) {
            for (int i = 0; i < page.length; i++) {
                page[i] = (byte) ('a' + (page[i] & (LETTERS - 1)));
            }
        }
    }
}
