package io.godwit.checkpoint.elf;

/**
 * A PT_LOAD segment whose values were checked: whole pages, of which {@code fileBytes} lie in the file.
 *
 * @param number of its program header, from 0
 */
record Segment(int number, long address, long position, long fileBytes, long memoryBytes) {
    MemoryRange inFile() {
        return new MemoryRange(address, fileBytes, position, fileBytes);
    }

    long fileEnd() {
        return address + fileBytes;
    }

    long end() {
        return address + memoryBytes;
    }
}
