package io.godwit.checkpoint.elf;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Lays the segments of a dump side by side in the order of physical addresses. */
final class PhysicalMemory {
    private final Path file;

    /** @param file what errors name */
    PhysicalMemory(Path file) {
        this.file = file;
    }

    /**
     * The memory that segments name, each page of it once.
     *
     * <p>What lies in the file comes first. The rest of a segment that is longer in memory than in the file is zero, but only
     * where no other segment has bytes for it: a dump made with paging cuts a mapping off at the end of a stretch of memory,
     * and another segment may go on there.
     *
     * @throws ElfException if two segments have different bytes for one address
     */
    List<MemoryRange> of(List<Segment> segments) throws ElfException {
        return withZeros(inFile(segments), segments);
    }

    private List<MemoryRange> inFile(List<Segment> segments) throws ElfException {
        List<Segment> ascending = segments.stream()
                .sorted(Comparator.comparingLong(Segment::address))
                .toList();
        List<MemoryRange> ranges = new ArrayList<>();
        // The number of the segment that the last range began with, for the message.
        int began = 0;
        for (Segment segment : ascending) {
            MemoryRange range = segment.inFile();
            MemoryRange last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
            boolean isApart = last == null || range.address() > last.end();
            if (!isApart && range.shift() == last.shift()) {
                ranges.set(ranges.size() - 1, last.lengthened(Math.max(last.end(), range.end())));
            } else if (isApart || range.address() == last.end()) {
                ranges.add(range);
                began = segment.number();
            } else {
                throw new ElfException(file + ", segment " + segment.number() + ": p_paddr "
                        + ElfCore.hex(segment.address()) + " with p_offset " + ElfCore.hex(segment.position())
                        + " overlaps segment " + began + ", which has other bytes of the file there");
            }
        }
        return ranges;
    }

    /** Adds the zero memory between and behind {@code ranges}, which ascend. */
    private static List<MemoryRange> withZeros(List<MemoryRange> ranges, List<Segment> segments) {
        List<Segment> longer = segments.stream()
                .filter(segment -> segment.memoryBytes() > segment.fileBytes())
                .sorted(Comparator.comparingLong(Segment::fileEnd))
                .toList();
        if (longer.isEmpty()) {
            return ranges;
        }
        List<MemoryRange> result = new ArrayList<>();
        int next = 0;
        long zeroUntil = 0;
        for (int range = 0; range < ranges.size(); range++) {
            result.add(ranges.get(range));
            long limit = range + 1 < ranges.size() ? ranges.get(range + 1).address() : Long.MAX_VALUE;
            // Into the gap behind this range reach stretches that began before it, and those that begin in it.
            addZeros(result, ranges.get(range).end(), Math.min(limit, zeroUntil));
            for (; next < longer.size() && longer.get(next).fileEnd() < limit; next++) {
                addZeros(
                        result,
                        longer.get(next).fileEnd(),
                        Math.min(limit, longer.get(next).end()));
                zeroUntil = Math.max(zeroUntil, longer.get(next).end());
            }
        }
        return result;
    }

    /** Adds what of {@code [start, end)} lies behind the last range. */
    private static void addZeros(List<MemoryRange> ranges, long start, long end) {
        MemoryRange last = ranges.get(ranges.size() - 1);
        if (end <= last.end()) {
            return;
        }
        if (start <= last.end()) {
            ranges.set(ranges.size() - 1, last.withZeros(end - last.end()));
        } else {
            ranges.add(new MemoryRange(start, end - start, 0, 0));
        }
    }
}
