package io.godwit.cli.simulation;

import io.godwit.codec.ZeroPage;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import io.godwit.topic.Lanes;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

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
    /** Of its memory before it was written any further. */
    private final SimulatedCheckpoint checkpoint;

    Guest(Random random) {
        random.nextBytes(pages[0]);
        for (int i = 0; i < PAGES; i++) {
            write(random, random.nextInt(PAGES), () -> new byte[PAGE_SIZE]);
        }
        List<byte[]> contents = Arrays.stream(pages)
                .filter(page -> !ZeroPage.isZero(page, 0, PAGE_SIZE))
                .map(byte[]::clone)
                .toList();
        checkpoint = new SimulatedCheckpoint(contents, random);
    }

    SimulatedCheckpoint checkpoint() {
        return checkpoint;
    }

    /** Writes a page: a few of its bytes, all of them, all with the same value, or with what a page of the checkpoint has. */
    void write(Random random, int page) {
        write(random, page, () -> checkpoint.page(random));
    }

    private void write(Random random, int page, Supplier<byte[]> known) {
        switch (random.nextInt(6)) {
            case 0 -> random.nextBytes(pages[page]);
            case 1 -> Arrays.fill(pages[page], (byte) 0);
            case 2 -> Arrays.fill(pages[page], (byte) random.nextInt());
            case 3 -> System.arraycopy(known.get(), 0, pages[page], 0, PAGE_SIZE);
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
