package io.godwit.ramdir;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A guest's memory as files.
 *
 * <pre>
 *   DIR/manifest.json    {"pageSize": 4096, "blocks": [{"id": "pc.ram", "length": 1073741824, "file": "pc.ram.ram"}, ...]}
 *   DIR/pc.ram.ram       the block's bytes, from offset 0
 *   DIR/device.state     what the hypervisor sent after RAM, where there is any
 * </pre>
 *
 * Without a manifest every {@code *.ram} file is a block named by its stem, in the order of the names, with 4 KiB pages.
 *
 * @param path the directory
 * @param manifest page size and blocks
 * @param files the blocks' files, in the manifest's order
 */
public record RamDirectory(Path path, Manifest manifest, List<Path> files) {
    public static final String MANIFEST_FILE = "manifest.json";
    public static final String DEVICE_STATE_FILE = "device.state";

    private static final String BLOCK_SUFFIX = ".ram";
    private static final long MAX_MANIFEST_BYTES = 4 << 20;
    /** Longest file name that common file systems take, less the suffix. */
    private static final int MAX_STEM = 200;

    private static final String SAFE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-.";

    private static final ObjectMapper JSON = new ObjectMapper()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(SerializationFeature.INDENT_OUTPUT);

    private record ManifestFile(Integer pageSize, List<BlockFile> blocks) {}

    private record BlockFile(String id, long length, String file) {}

    public RamDirectory {
        files = List.copyOf(files);
        if (files.size() != manifest.blocks().size()) {
            throw new IllegalArgumentException(
                    files.size() + " files for " + manifest.blocks().size() + " RAM blocks");
        }
    }

    /**
     * Reads the directory's manifest, or its {@code *.ram} files, and checks every block's file.
     *
     * @throws RamDirectoryException if the directory, its manifest or a block's file is missing or does not fit
     * @throws IOException if the file system fails
     */
    public static RamDirectory open(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new RamDirectoryException(directory + " is not a directory");
        }
        Path manifest = directory.resolve(MANIFEST_FILE);
        RamDirectory opened =
                Files.exists(manifest, LinkOption.NOFOLLOW_LINKS) ? read(directory, manifest) : scan(directory);
        for (int block = 0; block < opened.files.size(); block++) {
            checkFile(opened.files.get(block), opened.manifest.blocks().get(block));
        }
        return opened;
    }

    /** Lays a directory out for {@code manifest} with file names that are safe for any block id; touches nothing. */
    public static RamDirectory layOut(Path directory, Manifest manifest) {
        Set<String> taken = new HashSet<>();
        List<Path> files = new ArrayList<>();
        for (int block = 0; block < manifest.blocks().size(); block++) {
            String stem = safeStem(manifest.blocks().get(block).id());
            if (!taken.add(stem)) {
                stem = stem + "." + block;
                taken.add(stem);
            }
            files.add(directory.resolve(stem + BLOCK_SUFFIX));
        }
        return new RamDirectory(directory, manifest, files);
    }

    /** Writes {@code manifest.json}, in one step: it is there as a whole or not at all. */
    public void writeManifest() throws IOException {
        List<BlockFile> blocks = new ArrayList<>();
        for (int block = 0; block < files.size(); block++) {
            RamBlock ramBlock = manifest.blocks().get(block);
            blocks.add(new BlockFile(
                    ramBlock.id(),
                    ramBlock.length(),
                    files.get(block).getFileName().toString()));
        }
        Path temporary = path.resolve(MANIFEST_FILE + ".tmp");
        JSON.writeValue(temporary.toFile(), new ManifestFile(manifest.pageSize(), blocks));
        Files.move(
                temporary,
                path.resolve(MANIFEST_FILE),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static RamDirectory read(Path directory, Path manifest) throws IOException {
        if (Files.size(manifest) > MAX_MANIFEST_BYTES) {
            throw new RamDirectoryException(manifest + " is larger than " + MAX_MANIFEST_BYTES + " bytes");
        }
        try {
            ManifestFile read = JSON.readValue(manifest.toFile(), ManifestFile.class);
            if (read == null || read.blocks() == null) {
                throw new RamDirectoryException(manifest + " lists no blocks");
            }
            List<RamBlock> blocks = new ArrayList<>();
            List<Path> files = new ArrayList<>();
            for (BlockFile block : read.blocks()) {
                checkBlock(manifest, block);
                blocks.add(new RamBlock(block.id(), block.length()));
                files.add(directory.resolve(block.file()));
            }
            int pageSize = read.pageSize() == null ? Manifest.DEFAULT_PAGE_SIZE : read.pageSize();
            return new RamDirectory(directory, new Manifest(pageSize, blocks), files);
        } catch (JacksonException e) {
            throw new RamDirectoryException(manifest + " is not a manifest: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new RamDirectoryException(manifest + ": " + e.getMessage(), e);
        }
    }

    private static void checkBlock(Path manifest, BlockFile block) throws RamDirectoryException {
        if (block == null || block.id() == null || block.file() == null) {
            throw new RamDirectoryException(manifest + " has a block without id or file");
        }
        Path file = Path.of(block.file());
        // A manifest that came from elsewhere must not make an agent read or write outside of its directory.
        if (file.isAbsolute()
                || file.getNameCount() != 1
                || block.file().equals("..")
                || block.file().equals(".")) {
            throw new RamDirectoryException(
                    manifest + ": block " + block.id() + " names " + block.file() + ": only a file name is allowed");
        }
    }

    private static RamDirectory scan(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> list = Files.list(directory)) {
            files = list.filter(file -> file.getFileName().toString().endsWith(BLOCK_SUFFIX))
                    .sorted()
                    .toList();
        }
        if (files.isEmpty()) {
            throw new RamDirectoryException(directory + " holds neither " + MANIFEST_FILE + " nor a *" + BLOCK_SUFFIX
                    + " file: it is not a RAM directory");
        }
        List<RamBlock> blocks = new ArrayList<>();
        for (Path file : files) {
            String name = file.getFileName().toString();
            long length = Files.size(file);
            if (length == 0 || length % Manifest.DEFAULT_PAGE_SIZE != 0) {
                throw new RamDirectoryException(file + " has " + length + " bytes, not a positive multiple of the page"
                        + " size " + Manifest.DEFAULT_PAGE_SIZE + ": write a " + MANIFEST_FILE
                        + " that gives another page size, or complete the file");
            }
            blocks.add(new RamBlock(name.substring(0, name.length() - BLOCK_SUFFIX.length()), length));
        }
        try {
            return new RamDirectory(directory, new Manifest(Manifest.DEFAULT_PAGE_SIZE, blocks), files);
        } catch (IllegalArgumentException e) {
            throw new RamDirectoryException(directory + ": " + e.getMessage(), e);
        }
    }

    private static void checkFile(Path file, RamBlock block) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new RamDirectoryException(file + " (RAM block " + block.id() + ") is not a file");
        }
        if (Files.size(file) != block.length()) {
            throw new RamDirectoryException(file + " has " + Files.size(file) + " bytes, RAM block " + block.id()
                    + " is " + block.length() + " long by the manifest");
        }
    }

    /** Letters, digits, '_', '-' and inner dots stay; every other byte becomes %XX. Long ids end in their hash. */
    private static String safeStem(String id) {
        StringBuilder stem = new StringBuilder();
        for (byte unit : id.getBytes(StandardCharsets.UTF_8)) {
            boolean leadingDot = unit == '.' && stem.isEmpty();
            boolean plain = SAFE.indexOf(unit) >= 0 && !leadingDot;
            stem.append(plain ? String.valueOf((char) unit) : String.format("%%%02X", unit));
        }
        if (stem.length() > MAX_STEM) {
            stem.setLength(MAX_STEM);
            stem.append(String.format("-%08x", id.hashCode()));
        }
        return stem.toString();
    }
}
