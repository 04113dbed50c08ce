/**
 * ELF core dumps of guests, as QEMU's {@code dump-guest-memory} writes them: where the bytes of guest physical memory lie in
 * the file. Knows nothing of registers, notes and virtual addresses. Whatever a file says is checked before it is used.
 * Parameters and results are never null unless it is said.
 */
package io.godwit.checkpoint.elf;
