package io.godwit.checkpoint.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.hash.PageDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sorting and looking up, beside a map of everything. */
class PageIndexTest {
    private static final int PAGE_SIZE = 4096;

    @TempDir
    private Path temporary;

    /** Places of each hash that was collected. */
    private final Map<String, Set<Long>> oracle = new HashMap<>();

    private long nextPlace;

    /**
     * The shapes: hashes that are spread, that all begin alike, that lie in few heaps.
     *
     * @param expected pages that the sorter is told of: more mean more buckets
     */
    @ParameterizedTest
    @CsvSource({
        "0, 0, spread",
        "1, 1, spread",
        "2, 100000000, spread",
        "1000, 0, spread",
        "30000, 300000, spread",
        "30000, 300000, alike",
        "30000, 300000, heaps",
        "400000, 400000, spread"
    })
    void everyHashIsFoundAtOneOfItsPlacesAndNoOther(int count, long expected, String shape) throws Exception {
        Random random = new Random(count + expected);
        List<byte[]> hashes = new ArrayList<>();
        for (int hash = 0; hash < count; hash++) {
            hashes.add(hash(random, shape));
        }
        List<byte[]> order = new ArrayList<>(hashes);
        // Some come twice, from another collector too.
        order.addAll(hashes.subList(0, count / 3));
        Collections.shuffle(order, random);

        try (PageIndex index = index(order, expected)) {
            assertThat(index.count()).isEqualTo(oracle.size());
            assertThat(index.id()).isEqualTo(id());
            for (byte[] hash : hashes) {
                assertThat(oracle.get(text(hash))).contains(index.find(hash, 0));
            }
            for (int miss = 0; miss < 1000; miss++) {
                byte[] other = hash(random, shape);
                if (!oracle.containsKey(text(other))) {
                    assertThat(index.find(other, 0)).isEqualTo(IndexFormat.GONE);
                }
            }
            assertThat(index.find(new byte[PageDigest.BYTES], 0)).isEqualTo(IndexFormat.GONE);
            assertThat(index.find(HexFormat.of().parseHex("ff".repeat(32)), 0)).isEqualTo(IndexFormat.GONE);
        }
    }

    @Test
    void memoryThatRepeatsFewContentsInOneBucketIsSortedInLittleMemory() throws Exception {
        // Two contents that push one another out of what a collector remembers, more often than a bucket's room.
        byte[] one = new byte[PageDigest.BYTES];
        one[31] = 1;
        byte[] other = new byte[PageDigest.BYTES];
        other[31] = 2;
        List<byte[]> order = new ArrayList<>();
        for (int repeat = 0; repeat < 100_000; repeat++) {
            // Two each: there are two collectors.
            order.addAll(List.of(one, one, other, other));
        }
        try (PageIndex index = index(order, 300_000)) {
            assertThat(index.count()).isEqualTo(2);
            assertThat(oracle.get(text(other))).contains(index.find(other, 0));
        }
    }

    private PageIndex index(List<byte[]> order, long expected) throws IOException, InterruptedException {
        Path file = temporary.resolve("index");
        try (HashSorter sorter = new HashSorter(temporary.resolve("unsorted"), expected);
                IndexWriter writer = new IndexWriter(file, PAGE_SIZE)) {
            List<HashSorter.Collector> collectors = List.of(sorter.newCollector(), sorter.newCollector());
            for (byte[] hash : order) {
                long place = IndexFormat.place((int) (nextPlace % 5), nextPlace * PAGE_SIZE + 7);
                oracle.computeIfAbsent(text(hash), unseen -> new HashSet<>()).add(place);
                collectors.get((int) (nextPlace % 2)).add(hash, 0, place);
                nextPlace++;
            }
            for (HashSorter.Collector collector : collectors) {
                collector.flush();
            }
            sorter.drain(writer);
            writer.finish(new byte[] {1, 2, 3});
        }
        PageIndex index = PageIndex.open(file);
        assertThat(index.description()).containsExactly(1, 2, 3);
        assertThat(temporary.toFile().list()).containsExactly("index");
        return index;
    }

    private String id() {
        ByteBuffer text = ByteBuffer.allocate(Integer.BYTES + PageDigest.BYTES * oracle.size())
                .putInt(PAGE_SIZE);
        oracle.keySet().stream()
                .sorted()
                .forEach(hash -> text.put(HexFormat.of().parseHex(hash)));
        return HexFormat.of().formatHex(TestMemory.sha256(text.array()));
    }

    private static byte[] hash(Random random, String shape) {
        byte[] hash = new byte[PageDigest.BYTES];
        random.nextBytes(hash);
        switch (shape) {
            case "alike" -> Arrays.fill(hash, 0, 6, (byte) 0x80);
            case "heaps" -> {
                hash[0] = (byte) (random.nextInt(3) * 100);
                hash[1] = 0;
                hash[2] = 0;
            }
            default -> {
                // As it is.
            }
        }
        return hash;
    }

    private static String text(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }
}
