package io.godwit.checkpoint.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A guest's memory in an ELF core dump: 32 or 64 bit, either byte order, made with paging or without.
 *
 * <p>Addresses are physical. A dump made with paging names the same memory once for every virtual address: it is taken once.
 * What no segment has bytes for, such as the memory of devices, is no memory of the guest.
 *
 * @param file the dump
 * @param ranges its memory, ascending, without overlaps; not empty
 */
public record ElfCore(Path file, List<MemoryRange> ranges) {
    /** Bytes a page: what every segment's address and lengths are multiples of. */
    public static final int PAGE_SIZE = 4096;

    /** With paging, every stretch of virtual memory is a segment: a busy guest has some ten thousand. */
    static final int MAX_SEGMENTS = 1 << 20;

    private static final int IDENT_BYTES = 16;
    private static final int MAGIC = 0x7f454c46;
    private static final int CLASS = 4;
    private static final int ORDER = 5;
    private static final int ELFCLASS32 = 1;
    private static final int ELFCLASS64 = 2;
    private static final int ELFDATA2LSB = 1;
    private static final int ELFDATA2MSB = 2;
    private static final int ET_CORE = 4;
    private static final int PT_LOAD = 1;
    /** e_phnum of a file with more program headers than it can say. */
    private static final int PN_XNUM = 0xffff;

    private static final String ADVICE = ": make the dump anew (dump-guest-memory)";

    public ElfCore {
        ranges = List.copyOf(ranges);
    }

    /**
     * Reads the headers of a dump; its memory is not touched.
     *
     * @throws ElfException if it is no core dump, is incomplete, or contradicts itself
     * @throws IOException if the file cannot be read
     */
    public static ElfCore read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new ElfException(file + (Files.exists(file) ? " is not a file" : " does not exist")
                    + ": name an ELF core, as QEMU's dump-guest-memory writes it");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new Reader(file, channel).read();
        }
    }

    /** Bytes of all ranges. */
    public long totalBytes() {
        return ranges.stream().mapToLong(MemoryRange::length).sum();
    }

    /** Reads one file. */
    private static final class Reader {
        private final Path file;
        private final FileChannel channel;
        private final long fileLength;

        Reader(Path file, FileChannel channel) throws IOException {
            this.file = file;
            this.channel = channel;
            fileLength = channel.size();
        }

        ElfCore read() throws IOException {
            ByteBuffer ident = bytes(0, IDENT_BYTES, "ELF identification", ByteOrder.BIG_ENDIAN);
            if (ident.getInt(0) != MAGIC) {
                throw new ElfException(
                        file + " is not an ELF file: name an ELF core, as QEMU's dump-guest-memory writes"
                                + " it (without -z, -l, -s or -w)");
            }
            ElfLayout layout = layout(ident.get(CLASS));
            ByteOrder order = order(ident.get(ORDER));
            ByteBuffer header = bytes(0, layout.headerBytes(), "ELF header", order);
            if (layout.type(header) != ET_CORE) {
                throw new ElfException(
                        file + " has e_type " + layout.type(header) + ", not " + ET_CORE + ": it is no core dump");
            }
            if (layout.programHeaderBytes(header) != layout.segmentBytes()) {
                throw new ElfException(file + " has e_phentsize " + layout.programHeaderBytes(header) + ", not "
                        + layout.segmentBytes() + ADVICE);
            }
            List<MemoryRange> ranges = new PhysicalMemory(file)
                    .of(segments(layout, order, layout.programHeaders(header), count(layout, header)));
            if (ranges.isEmpty()) {
                throw new ElfException(file + " has no PT_LOAD segment with bytes in it: there is no memory in it");
            }
            return new ElfCore(file, ranges);
        }

        private ElfLayout layout(int value) throws ElfException {
            return switch (value) {
                case ELFCLASS32 -> ElfLayout.ELF32;
                case ELFCLASS64 -> ElfLayout.ELF64;
                default -> throw new ElfException(file + " has EI_CLASS " + value + ", neither 1 nor 2" + ADVICE);
            };
        }

        private ByteOrder order(int value) throws ElfException {
            return switch (value) {
                case ELFDATA2LSB -> ByteOrder.LITTLE_ENDIAN;
                case ELFDATA2MSB -> ByteOrder.BIG_ENDIAN;
                default -> throw new ElfException(file + " has EI_DATA " + value + ", neither 1 nor 2" + ADVICE);
            };
        }

        private int count(ElfLayout layout, ByteBuffer header) throws IOException {
            long count = layout.programHeaderCount(header);
            String field = "e_phnum";
            if (count == PN_XNUM) {
                ByteBuffer section =
                        bytes(layout.sectionHeaders(header), layout.sectionBytes(), "section 0", header.order());
                count = layout.sectionInfo(section);
                field = "sh_info of section 0";
            }
            if (count > MAX_SEGMENTS) {
                throw new ElfException(file + " has " + field + " " + count + ": at most " + MAX_SEGMENTS
                        + " segments are read; make the dump without paging");
            }
            return (int) count;
        }

        private List<Segment> segments(ElfLayout layout, ByteOrder order, long position, int count) throws IOException {
            ByteBuffer headers = bytes(position, count * layout.segmentBytes(), "program headers", order);
            List<Segment> segments = new ArrayList<>();
            for (int number = 0; number < count; number++) {
                ByteBuffer header = headers.slice(number * layout.segmentBytes(), layout.segmentBytes())
                        .order(order);
                // QEMU gives the memory of devices a segment without bytes, and no position that could be checked.
                if (layout.segmentType(header) == PT_LOAD && layout.fileBytes(header) != 0) {
                    segments.add(segment(
                            number,
                            layout.physicalAddress(header),
                            layout.position(header),
                            layout.fileBytes(header),
                            layout.memoryBytes(header)));
                }
            }
            return segments;
        }

        private Segment segment(int number, long address, long position, long fileBytes, long memoryBytes)
                throws ElfException {
            if (fileBytes < 0 || position < 0 || position > fileLength || fileBytes > fileLength - position) {
                throw wrong(
                        number,
                        "p_offset",
                        position,
                        "p_filesz",
                        fileBytes,
                        "beyond the file's end at " + fileLength + ": the dump is not complete, make it anew");
            }
            if (memoryBytes < fileBytes) {
                throw wrong(number, "p_memsz", memoryBytes, "p_filesz", fileBytes, "less than p_filesz" + ADVICE);
            }
            if (address < 0 || memoryBytes > Long.MAX_VALUE - address) {
                throw wrong(number, "p_paddr", address, "p_memsz", memoryBytes, "beyond 2^63" + ADVICE);
            }
            if (address % PAGE_SIZE != 0 || fileBytes % PAGE_SIZE != 0 || memoryBytes % PAGE_SIZE != 0) {
                throw new ElfException(file + ", segment " + number + ": p_paddr " + hex(address) + ", p_filesz "
                        + hex(fileBytes) + " and p_memsz " + hex(memoryBytes) + " are not all multiples of "
                        + PAGE_SIZE + ": only dumps of whole pages can be used");
            }
            return new Segment(number, address, position, fileBytes, memoryBytes);
        }

        private ElfException wrong(
                int number, String field, long value, String otherField, long otherValue, String problem) {
            return new ElfException(file + ", segment " + number + ": " + field + " " + hex(value) + " with "
                    + otherField + " " + hex(otherValue) + " is " + problem);
        }

        /** @throws ElfException if they are not all in the file */
        private ByteBuffer bytes(long position, int count, String what, ByteOrder order) throws IOException {
            if (position < 0 || position > fileLength || count > fileLength - position) {
                throw new ElfException(file + ": " + what + " at " + hex(position) + ", " + count
                        + " bytes, beyond the file's end at " + fileLength + ": it is no complete ELF core");
            }
            ByteBuffer bytes = ByteBuffer.allocate(count).order(order);
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, position + bytes.position()) < 0) {
                    throw new ElfException(file + " was cut short while it was read");
                }
            }
            return bytes.flip();
        }
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
