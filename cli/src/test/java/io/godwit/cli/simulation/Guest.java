package io.godwit.cli.simulation;

import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import io.godwit.topic.Lanes;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** A guest of few and small pages. A page goes by one number, over all blocks. */
final class Guest {
    static final String MIGRATION = "simulated";
    static final String STREAM = "simulated-stream";
    static final int PAGE_SIZE = 512;
    static final int LANE_COUNT = 3;
    static final int STRIPE_PAGES = 4;
    static final Manifest MANIFEST = new Manifest(
            PAGE_SIZE,
            List.of(
                    new RamBlock("ram", 17 * PAGE_SIZE),
                    new RamBlock("/rom@etc/acpi/rsdp", PAGE_SIZE),
                    new RamBlock("vga", 30 * PAGE_SIZE)));
    static final Lanes LANES = new Lanes(MANIFEST, LANE_COUNT, STRIPE_PAGES);
    static final int PAGES = (int) MANIFEST.totalPages();

    private static final int EDITED_BYTES = 3;

    private final byte[][] pages = new byte[PAGES][PAGE_SIZE];
    private final BitSet dirty = new BitSet();

    Guest(Random random) {
        for (int i = 0; i < PAGES; i++) {
            write(random, random.nextInt(PAGES));
        }
    }

    /** Writes a page: a few of its bytes, all of them, or all with the same value. */
    void write(Random random, int page) {
        switch (random.nextInt(6)) {
            case 0 -> random.nextBytes(pages[page]);
            case 1 -> Arrays.fill(pages[page], (byte) 0);
            case 2 -> Arrays.fill(pages[page], (byte) random.nextInt());
            default -> {
                for (int i = 0; i < EDITED_BYTES; i++) {
                    pages[page][random.nextInt(PAGE_SIZE)] = (byte) random.nextInt();
                }
            }
        }
        dirty.set(page);
    }

    /** The page's bytes as they are now. */
    byte[] page(int page) {
        return pages[page].clone();
    }

    /** The pages written since they were taken last. */
    BitSet takeDirty() {
        BitSet taken = (BitSet) dirty.clone();
        dirty.clear();
        return taken;
    }

    static int block(int page) {
        int block = 0;
        int first = 0;
        while (page >= first + MANIFEST.pages(block)) {
            first += MANIFEST.pages(block);
            block++;
        }
        return block;
    }

    static int index(int page) {
        int index = page;
        for (int block = 0; block < block(page); block++) {
            index -= MANIFEST.pages(block);
        }
        return index;
    }

    static int page(int block, long index) {
        int page = (int) index;
        for (int before = 0; before < block; before++) {
            page += MANIFEST.pages(before);
        }
        return page;
    }

    static int lane(int page) {
        return LANES.laneOf(block(page), index(page));
    }
}
