package io.godwit.containers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** RAM directories: the memory of guests in files. */
final class RamFiles {
    private static final int PAGE_BYTES = 4096;
    private static final String BLOCK_SUFFIX = ".ram";

    private RamFiles() {}

    /** Writes two blocks of memory in which pages of all kinds lie side by side; most hold what cannot be compressed. */
    static Path write(Path directory, int pages, long seed) throws IOException {
        Files.createDirectory(directory);
        writeBlock(directory.resolve("pc.ram" + BLOCK_SUFFIX), pages, new Random(seed));
        writeBlock(directory.resolve("vga.vram" + BLOCK_SUFFIX), pages / 16, new Random(seed + 1));
        return directory;
    }

    private static void writeBlock(Path file, int pages, Random random) throws IOException {
        byte[] page = new byte[PAGE_BYTES];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int index = 0; index < pages; index++) {
                switch (random.nextInt(8)) {
                    case 0 -> Arrays.fill(page, (byte) 0);
                    case 1 -> Arrays.fill(page, (byte) random.nextInt());
                    default -> random.nextBytes(page);
                }
                out.write(page);
            }
        }
    }

    /** SHA-256 of each block's memory, by file. */
    static Map<String, String> hashes(Path directory) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(BLOCK_SUFFIX)).toList()) {
                hashes.put(file.getFileName().toString(), hash(file));
            }
        }
        return hashes;
    }

    private static String hash(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
