package io.godwit.checkpoint.elf;

import java.nio.ByteBuffer;

/**
 * Where the fields are in a file of one class, as the System V ABI lays them out: position and bytes.
 *
 * <pre>
 *   header       ELF32   ELF64     segment    ELF32   ELF64     section   ELF32   ELF64
 *   e_type       16, 2   16, 2     p_type      0, 4    0, 4     sh_info   28, 4   44, 4
 *   e_phoff      28, 4   32, 8     p_offset    4, 4    8, 8
 *   e_shoff      32, 4   40, 8     p_paddr    12, 4   24, 8
 *   e_phentsize  42, 2   54, 2     p_filesz   16, 4   32, 8
 *   e_phnum      44, 2   56, 2     p_memsz    20, 4   40, 8
 * </pre>
 *
 * A value of 64 bits that is too large for a long is negative here; one of 32 bits never is.
 */
enum ElfLayout {
    ELF32(Integer.BYTES, 52, 32, 40, 28),
    ELF64(Long.BYTES, 64, 56, 64, 44);

    private static final int TYPE = 16;
    private static final int ENTRY = 24;
    private static final int SEGMENT_TYPE = 0;

    private final int wordBytes;
    private final int headerBytes;
    private final int segmentBytes;
    private final int sectionBytes;
    private final int sectionInfo;

    ElfLayout(int wordBytes, int headerBytes, int segmentBytes, int sectionBytes, int sectionInfo) {
        this.wordBytes = wordBytes;
        this.headerBytes = headerBytes;
        this.segmentBytes = segmentBytes;
        this.sectionBytes = sectionBytes;
        this.sectionInfo = sectionInfo;
    }

    /** Bytes of the file's header. */
    int headerBytes() {
        return headerBytes;
    }

    /** Bytes of a program header. */
    int segmentBytes() {
        return segmentBytes;
    }

    /** Bytes of a section header. */
    int sectionBytes() {
        return sectionBytes;
    }

    int type(ByteBuffer header) {
        return Short.toUnsignedInt(header.getShort(TYPE));
    }

    long programHeaders(ByteBuffer header) {
        return word(header, ENTRY + wordBytes);
    }

    long sectionHeaders(ByteBuffer header) {
        return word(header, ENTRY + 2 * wordBytes);
    }

    int programHeaderBytes(ByteBuffer header) {
        return Short.toUnsignedInt(header.getShort(headerBytes - 5 * Short.BYTES));
    }

    int programHeaderCount(ByteBuffer header) {
        return Short.toUnsignedInt(header.getShort(headerBytes - 4 * Short.BYTES));
    }

    /** Of section 0: the number of program headers where the file's header has no room for it. */
    long sectionInfo(ByteBuffer section) {
        return Integer.toUnsignedLong(section.getInt(sectionInfo));
    }

    int segmentType(ByteBuffer segment) {
        return segment.getInt(SEGMENT_TYPE);
    }

    long position(ByteBuffer segment) {
        return word(segment, wordBytes);
    }

    long physicalAddress(ByteBuffer segment) {
        return word(segment, 3 * wordBytes);
    }

    long fileBytes(ByteBuffer segment) {
        return word(segment, 4 * wordBytes);
    }

    long memoryBytes(ByteBuffer segment) {
        return word(segment, 5 * wordBytes);
    }

    private long word(ByteBuffer bytes, int at) {
        return wordBytes == Long.BYTES ? bytes.getLong(at) : Integer.toUnsignedLong(bytes.getInt(at));
    }
}
