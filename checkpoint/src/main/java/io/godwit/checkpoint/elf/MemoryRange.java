package io.godwit.checkpoint.elf;

/**
 * Guest physical memory without a gap, and where its bytes are.
 *
 * @param address guest physical address
 * @param length bytes, whole pages
 * @param filePosition where its first byte lies in the file; 0 where none does
 * @param fileLength how many of its bytes lie in the file, whole pages; the others, at its end, are zero
 */
public record MemoryRange(long address, long length, long filePosition, long fileLength) {
    /** The address after the last byte. */
    long end() {
        return address + length;
    }

    /** What must be added to an address to come to its place in the file. */
    long shift() {
        return filePosition - address;
    }

    /** The same memory up to {@code newEnd}, all of it in the file. */
    MemoryRange lengthened(long newEnd) {
        return new MemoryRange(address, newEnd - address, filePosition, newEnd - address);
    }

    /** With {@code bytes} zero bytes behind it. */
    MemoryRange withZeros(long bytes) {
        return new MemoryRange(address, length + bytes, filePosition, fileLength);
    }
}
