package io.godwit.checkpoint.local;

import io.godwit.checkpoint.elf.ElfCore;
import io.godwit.checkpoint.elf.MemoryRange;
import io.godwit.ramdir.RamDirectory;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory that a checkpoint is made from, where it lies in files.
 *
 * @param source what it is: {@code elf}, {@code ram-dir}, {@code migration}
 * @param pageSize bytes a page
 * @param files the files, absolute
 * @param parts whole pages in these files
 * @param pages all of the guest's, those among them that are zero and in no file
 */
public record CheckpointMemory(String source, int pageSize, List<Path> files, List<Part> parts, long pages) {
    public static final String ELF = "elf";
    public static final String RAM_DIRECTORY = "ram-dir";
    public static final String MIGRATION = "migration";

    /**
     * Pages that lie in a file one after the other.
     *
     * @param file number of the file in the list
     * @param position of the first byte in the file
     * @param length bytes, a multiple of the page size
     */
    public record Part(int file, long position, long length) {}

    public CheckpointMemory {
        files = List.copyOf(files);
        parts = List.copyOf(parts);
    }

    /**
     * The memory in a core dump.
     *
     * @throws io.godwit.checkpoint.elf.ElfException if it is none that can be read
     */
    public static CheckpointMemory ofElf(Path file) throws IOException {
        ElfCore core = ElfCore.read(file);
        List<Part> parts = new ArrayList<>();
        for (MemoryRange range : core.ranges()) {
            if (range.fileLength() > 0) {
                parts.add(new Part(0, range.filePosition(), range.fileLength()));
            }
        }
        return new CheckpointMemory(
                ELF, ElfCore.PAGE_SIZE, List.of(file.toAbsolutePath()), parts, core.totalBytes() / ElfCore.PAGE_SIZE);
    }

    /**
     * The memory in a RAM directory.
     *
     * @param source {@link #RAM_DIRECTORY} or {@link #MIGRATION}
     * @throws io.godwit.ramdir.RamDirectoryException if it is none
     */
    public static CheckpointMemory ofRamDirectory(Path directory, String source) throws IOException {
        RamDirectory opened = RamDirectory.open(directory);
        Manifest manifest = opened.manifest();
        List<Part> parts = new ArrayList<>();
        for (int block = 0; block < opened.files().size(); block++) {
            RamBlock ramBlock = manifest.blocks().get(block);
            parts.add(new Part(block, 0, ramBlock.length()));
        }
        List<Path> files = opened.files().stream().map(Path::toAbsolutePath).toList();
        return new CheckpointMemory(source, manifest.pageSize(), files, parts, manifest.totalPages());
    }
}
