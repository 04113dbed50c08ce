package io.godwit.record;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The shape of a guest's memory: what source and targets must agree on.
 *
 * @param pageSize bytes a page, a power of two from 512 to 64 KiB
 * @param blocks RAM blocks in the source's order; a block's place in this list is its number in records
 */
public record Manifest(int pageSize, List<RamBlock> blocks) {
    public static final int DEFAULT_PAGE_SIZE = 4096;
    public static final int MIN_PAGE_SIZE = 512;
    public static final int MAX_PAGE_SIZE = 65536;
    public static final int MAX_BLOCKS = 4096;
    /** 16 TiB a block at 4 KiB pages: page numbers of a block fit an int, so that a page's hash is one array access. */
    public static final long MAX_BLOCK_PAGES = Integer.MAX_VALUE - 8L;

    public Manifest {
        blocks = List.copyOf(blocks);
        checkPageSize(pageSize);
        if (blocks.isEmpty() || blocks.size() > MAX_BLOCKS) {
            throw new IllegalArgumentException(
                    "a guest has 1 to " + MAX_BLOCKS + " RAM blocks, this one " + blocks.size());
        }
        Set<String> ids = new HashSet<>();
        for (RamBlock block : blocks) {
            if (!ids.add(block.id())) {
                throw new IllegalArgumentException("RAM block " + block.id() + " is listed twice");
            }
            if (block.length() % pageSize != 0) {
                throw new IllegalArgumentException("RAM block " + block.id() + " has length " + block.length()
                        + ", not a multiple of the page size " + pageSize);
            }
            if (block.length() / pageSize > MAX_BLOCK_PAGES) {
                throw new IllegalArgumentException("RAM block " + block.id() + " has length " + block.length()
                        + ": at most " + MAX_BLOCK_PAGES + " pages are supported");
            }
        }
    }

    /** Whether pages may have so many bytes: a power of two from 512 to 64 KiB. */
    public static boolean isPageSize(int bytes) {
        return bytes >= MIN_PAGE_SIZE && bytes <= MAX_PAGE_SIZE && Integer.bitCount(bytes) == 1;
    }

    static void checkPageSize(int bytes) {
        if (!isPageSize(bytes)) {
            throw new IllegalArgumentException(
                    "page size " + bytes + " is not a power of two from " + MIN_PAGE_SIZE + " to " + MAX_PAGE_SIZE);
        }
    }

    /** Pages of block number {@code block}. */
    public int pages(int block) {
        return (int) (blocks.get(block).length() / pageSize);
    }

    /** Pages of all blocks. */
    public long totalPages() {
        return totalBytes() / pageSize;
    }

    /** Bytes of all blocks. */
    public long totalBytes() {
        return blocks.stream().mapToLong(RamBlock::length).sum();
    }
}
