package io.godwit.producer.source;

import io.godwit.checkpoint.elf.ElfCore;
import io.godwit.checkpoint.elf.ElfException;
import io.godwit.checkpoint.elf.MemoryRange;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** An open core dump: each range of physical memory is a block, {@code elf-100000} where it begins at 1 MiB. */
final class ElfMemory implements BlockReader {
    private final ElfCore core;
    private final Manifest manifest;
    private final FileChannel channel;

    ElfMemory(Path file) throws IOException {
        core = ElfCore.read(file);
        manifest = manifest(core);
        channel = FileChannel.open(file, StandardOpenOption.READ);
    }

    private static Manifest manifest(ElfCore core) throws ElfException {
        List<MemoryRange> ranges = core.ranges();
        try {
            return new Manifest(
                    ElfCore.PAGE_SIZE,
                    ranges.stream()
                            .map(range -> new RamBlock("elf-" + Long.toHexString(range.address()), range.length()))
                            .toList());
        } catch (IllegalArgumentException e) {
            throw new ElfException(core.file() + " cannot be sent: " + e.getMessage()
                    + "; a dump that is made without paging has few blocks");
        }
    }

    @Override
    public Manifest manifest() {
        return manifest;
    }

    @Override
    public void read(int block, long position, ByteBuffer output) throws IOException, InterruptedException {
        MemoryRange range = core.ranges().get(block);
        int end = output.limit();
        long inFile = Math.max(0, range.fileLength() - position);
        output.limit((int) Math.min(end, output.position() + inFile));
        long start = range.filePosition() + position - output.position();
        while (output.hasRemaining()) {
            if (FileReads.read(channel, start + output.position(), output, core.file()) < 0) {
                throw new ElfException(
                        core.file() + " ended while it was read: another process cut it short; make the dump anew");
            }
        }
        output.limit(end);
        while (output.hasRemaining()) {
            output.put((byte) 0);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
