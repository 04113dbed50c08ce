package io.godwit.checkpoint.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes ELF files, right and wrong ones. */
final class ElfFile {
    static final int PT_LOAD = 1;
    static final int PT_NOTE = 4;

    private record Header(int type, long address, long position, long fileBytes, long memoryBytes) {}

    private final boolean is64;
    private final ByteOrder order;
    private final List<Header> headers = new ArrayList<>();
    private boolean isExtended;
    private int length;

    private ElfFile(boolean is64, ByteOrder order) {
        this.is64 = is64;
        this.order = order;
    }

    static ElfFile of64Bit() {
        return new ElfFile(true, ByteOrder.LITTLE_ENDIAN);
    }

    static ElfFile of(boolean is64, ByteOrder order) {
        return new ElfFile(is64, order);
    }

    /** With the number of segments in section 0, as files with more than 65534 have it. */
    ElfFile extended() {
        isExtended = true;
        return this;
    }

    ElfFile segment(int type, long address, long position, long fileBytes, long memoryBytes) {
        headers.add(new Header(type, address, position, fileBytes, memoryBytes));
        return this;
    }

    ElfFile load(long address, long position, long fileBytes, long memoryBytes) {
        return segment(PT_LOAD, address, position, fileBytes, memoryBytes);
    }

    /** With so many bytes, of which those behind the headers are zero. */
    ElfFile length(int bytes) {
        length = bytes;
        return this;
    }

    byte[] bytes() {
        int headerBytes = is64 ? 64 : 52;
        int sectionBytes = isExtended ? (is64 ? 64 : 40) : 0;
        int segmentBytes = is64 ? 56 : 32;
        int first = headerBytes + sectionBytes;
        ByteBuffer file = ByteBuffer.allocate(Math.max(length, first + headers.size() * segmentBytes))
                .order(order);
        file.put(new byte[] {
            0x7f, 'E', 'L', 'F', (byte) (is64 ? 2 : 1), (byte) (order == ByteOrder.BIG_ENDIAN ? 2 : 1), 1
        });
        file.position(16).putShort((short) 4).putShort((short) 62).putInt(1);
        word(word(word(file, 0), first), isExtended ? headerBytes : 0);
        file.putInt(0).putShort((short) headerBytes).putShort((short) segmentBytes);
        file.putShort((short) (isExtended ? 0xffff : headers.size()));
        if (isExtended) {
            file.putInt(headerBytes + (is64 ? 44 : 28), headers.size());
        }
        for (int number = 0; number < headers.size(); number++) {
            write(headers.get(number), file.position(first + number * segmentBytes));
        }
        return file.array();
    }

    Path write(Path path) throws IOException {
        return Files.write(path, bytes());
    }

    private void write(Header header, ByteBuffer file) {
        file.putInt(header.type);
        if (is64) {
            file.putInt(7);
        }
        // The virtual address is nobody's concern: any.
        word(word(word(file, header.position), 0x1234567), header.address);
        word(word(file, header.fileBytes), header.memoryBytes);
    }

    private ByteBuffer word(ByteBuffer file, long value) {
        return is64 ? file.putLong(value) : file.putInt((int) value);
    }
}
