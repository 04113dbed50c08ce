package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.ramdir.RamDirectory;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** A guest's memory on the heap: seeded contents, seeded writes, and the comparison with what arrived. One thread at a time. */
final class TestMemory {
    /** What a block holds at the start. */
    enum Content {
        /** Zero pages, text, noise and pages of one byte, in a random order. */
        MIXED,
        ZERO,
        RANDOM
    }

    /** How a page is written. */
    enum Write {
        /** A few bytes. */
        EDIT,
        REWRITE,
        CLEAR,
        FILL
    }

    private static final int TEXT_LETTERS = 6;
    private static final int EDITED_BYTES = 5;

    private final Manifest manifest;
    private final byte[][] blocks;
    private final List<BitSet> dirty = new ArrayList<>();
    private final Random random;

    private TestMemory(Manifest manifest, long seed) {
        this.manifest = manifest;
        blocks = new byte[manifest.blocks().size()][];
        for (int block = 0; block < blocks.length; block++) {
            blocks[block] =
                    new byte[Math.toIntExact(manifest.blocks().get(block).length())];
            dirty.add(new BitSet());
        }
        random = new Random(seed);
    }

    /** A memory of which every block has the same content. */
    static TestMemory of(Manifest manifest, Content content, long seed) {
        TestMemory memory = new TestMemory(manifest, seed);
        for (int block = 0; block < memory.blocks.length; block++) {
            memory.fill(block, content);
        }
        return memory;
    }

    /** One block of mixed pages of 4 KiB. */
    static TestMemory mixed(int pages, long seed) {
        return of(manifest(4096, new RamBlock("pc.ram", pages * 4096L)), Content.MIXED, seed);
    }

    static Manifest manifest(int pageSize, RamBlock... blocks) {
        return new Manifest(pageSize, List.of(blocks));
    }

    Manifest manifest() {
        return manifest;
    }

    byte[] bytes(int block) {
        return blocks[block];
    }

    /** The pages written since {@link #clean}. */
    BitSet dirty(int block) {
        return dirty.get(block);
    }

    void clean() {
        dirty.forEach(BitSet::clear);
    }

    /** Writes {@code count} random pages; some of them may be the same. */
    void write(int count, Write... kinds) {
        for (int i = 0; i < count; i++) {
            int block = random.nextInt(blocks.length);
            int page = random.nextInt(manifest.pages(block));
            write(block, page, kinds[random.nextInt(kinds.length)]);
        }
    }

    /** Writes every page of every block, so that each is dirty and other than before. */
    void editAll() {
        for (int block = 0; block < blocks.length; block++) {
            for (int page = 0; page < manifest.pages(block); page++) {
                write(block, page, Write.EDIT);
            }
        }
    }

    /** Saves it as a RAM directory. */
    Path save(Path directory) throws IOException {
        Files.createDirectories(directory);
        RamDirectory layout = RamDirectory.layOut(directory, manifest);
        for (int block = 0; block < blocks.length; block++) {
            Files.write(layout.files().get(block), blocks[block]);
        }
        layout.writeManifest();
        return directory;
    }

    /** Fails unless {@code directory} holds this memory, byte for byte; names the first page that differs, not its bytes. */
    void assertArrivedIn(Path directory) throws IOException {
        RamDirectory arrived = RamDirectory.open(directory);
        assertThat(arrived.manifest()).isEqualTo(manifest);
        for (int block = 0; block < blocks.length; block++) {
            int mismatch = Arrays.mismatch(
                    blocks[block], Files.readAllBytes(arrived.files().get(block)));
            assertThat(mismatch)
                    .as(
                            "first byte of block %s, page %d, that is not as at the source",
                            manifest.blocks().get(block).id(), mismatch / manifest.pageSize())
                    .isEqualTo(-1);
        }
    }

    private void write(int block, int page, Write kind) {
        int pageSize = manifest.pageSize();
        int from = page * pageSize;
        byte[] bytes = blocks[block];
        switch (kind) {
            case EDIT -> {
                for (int i = 0; i < EDITED_BYTES; i++) {
                    bytes[from + random.nextInt(pageSize)] += (byte) (1 + random.nextInt(200));
                }
            }
            case REWRITE -> noise(bytes, from);
            case CLEAR -> Arrays.fill(bytes, from, from + pageSize, (byte) 0);
            case FILL -> Arrays.fill(bytes, from, from + pageSize, (byte) (1 + random.nextInt(255)));
        }
        dirty.get(block).set(page);
    }

    private void fill(int block, Content content) {
        for (int page = 0; page < manifest.pages(block); page++) {
            int from = page * manifest.pageSize();
            switch (content) {
                case ZERO -> {}
                case RANDOM -> noise(blocks[block], from);
                case MIXED -> fillMixed(block, page);
            }
        }
    }

    private void fillMixed(int block, int page) {
        int from = page * manifest.pageSize();
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {}
            case 3 -> Arrays.fill(blocks[block], from, from + manifest.pageSize(), (byte) (1 + random.nextInt(255)));
            case 4 -> noise(blocks[block], from);
            default -> text(blocks[block], from);
        }
    }

    private void noise(byte[] bytes, int from) {
        byte[] page = new byte[manifest.pageSize()];
        random.nextBytes(page);
        System.arraycopy(page, 0, bytes, from, page.length);
    }

    private void text(byte[] bytes, int from) {
        for (int i = 0; i < manifest.pageSize(); i++) {
            bytes[from + i] = (byte) ('a' + random.nextInt(TEXT_LETTERS));
        }
    }
}
