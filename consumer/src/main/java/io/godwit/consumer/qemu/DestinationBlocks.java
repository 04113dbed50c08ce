package io.godwit.consumer.qemu;

import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The RAM blocks of the destination's QEMU, as its {@code x-query-ramblock} prints them.
 *
 * <pre>
 *   Block Name    PSize              Offset               Used              Total                HVA  RO
 *       pc.ram    4 KiB  0x0000000000000000 0x0000000010000000 0x0000000010000000 0x00007fad63fff000  rw
 * </pre>
 */
final class DestinationBlocks {
    private static final Pattern LINE = Pattern.compile(
            "\\s*(\\S.*?)\\s+(\\d+ \\S+)\\s+0x\\p{XDigit}+\\s+0x(\\p{XDigit}+)\\s+0x(\\p{XDigit}+)\\b.*");
    private static final int HEX = 16;
    private static final String BASE_PAGES = "4 KiB";

    /**
     * @param used bytes as the block stands
     * @param total bytes that it can grow to; {@code used} where it cannot
     */
    private record Block(long used, long total, boolean basePages) {
        boolean takes(long length) {
            return length == used || (used < total && length <= total);
        }
    }

    private final Map<String, Block> blocks;

    private DestinationBlocks(Map<String, Block> blocks) {
        this.blocks = blocks;
    }

    /** Reads what QEMU printed; lines of another form count for nothing. */
    static DestinationBlocks parse(String text) {
        Map<String, Block> blocks = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            Matcher block = LINE.matcher(line);
            if (block.matches()) {
                blocks.put(
                        block.group(1),
                        new Block(
                                Long.parseUnsignedLong(block.group(3), HEX),
                                Long.parseUnsignedLong(block.group(4), HEX),
                                block.group(2).equals(BASE_PAGES)));
            }
        });
        return new DestinationBlocks(blocks);
    }

    /**
     * Checks that every block of the guest has its place here.
     *
     * @param qemu how messages name the QEMU
     * @throws IncomingQemuException if a block is missing, or has another length
     */
    void check(Manifest manifest, String qemu) throws IncomingQemuException {
        for (RamBlock block : manifest.blocks()) {
            Block own = blocks.get(block.id());
            if (own == null) {
                throw new IncomingQemuException("the guest has a RAM block " + block.id() + " of " + block.length()
                        + " bytes, " + qemu
                        + " has none of that name: start it with the machine type, memory and devices"
                        + " of the source");
            }
            if (!own.takes(block.length())) {
                throw new IncomingQemuException("RAM block " + block.id() + " has " + block.length()
                        + " bytes at the source, " + own.used() + " at " + qemu
                        + ": start it with the memory (-m) and devices of the source");
            }
        }
    }

    /** Whether a block lies in pages of the usual size. */
    boolean hasBasePages(String id) {
        Block block = blocks.get(id);
        return block != null && block.basePages();
    }
}
