package io.godwit.checkpoint.local;

import io.godwit.record.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;

/** Memory as a RAM directory of one block, and what its checkpoint must be, computed the plain way. */
final class TestMemory {
    static final int PAGE_SIZE = Manifest.DEFAULT_PAGE_SIZE;

    private final byte[] bytes;

    private TestMemory(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Pages of which about a third is zero, a third is one of few contents, and the rest is random. */
    static TestMemory random(long seed, int pages) {
        Random random = new Random(seed);
        byte[] bytes = new byte[pages * PAGE_SIZE];
        for (int page = 0; page < pages; page++) {
            switch (random.nextInt(3)) {
                case 0 -> bytes[page * PAGE_SIZE + 17] = (byte) (1 + random.nextInt(5));
                case 1 -> {
                    byte[] content = new byte[PAGE_SIZE];
                    random.nextBytes(content);
                    System.arraycopy(content, 0, bytes, page * PAGE_SIZE, PAGE_SIZE);
                }
                default -> {
                    // Stays zero.
                }
            }
        }
        return new TestMemory(bytes);
    }

    /** Another memory that differs in one page. */
    TestMemory withPage(int page, byte value) {
        byte[] changed = bytes.clone();
        Arrays.fill(changed, page * PAGE_SIZE, (page + 1) * PAGE_SIZE, value);
        return new TestMemory(changed);
    }

    int pages() {
        return bytes.length / PAGE_SIZE;
    }

    byte[] bytes() {
        return bytes;
    }

    byte[] page(int page) {
        return Arrays.copyOfRange(bytes, page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
    }

    boolean isZero(int page) {
        return Arrays.equals(page(page), new byte[PAGE_SIZE]);
    }

    Path write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.write(directory.resolve("pc.ram"), bytes);
        return directory;
    }

    SortedSet<String> hashes() {
        SortedSet<String> hashes = new TreeSet<>();
        for (int page = 0; page < pages(); page++) {
            if (!isZero(page)) {
                hashes.add(HexFormat.of().formatHex(sha256(page(page))));
            }
        }
        return hashes;
    }

    /** The id as the contract defines it. */
    String id() {
        ByteBuffer text =
                ByteBuffer.allocate(Integer.BYTES + 32 * hashes().size()).putInt(PAGE_SIZE);
        hashes().forEach(hash -> text.put(HexFormat.of().parseHex(hash)));
        return HexFormat.of().formatHex(sha256(text.array()));
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
