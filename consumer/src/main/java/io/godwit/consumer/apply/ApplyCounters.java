package io.godwit.consumer.apply;

import io.godwit.record.PageEncoding;
import io.godwit.report.ByteCounts;
import io.godwit.report.PageCounts;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one receiver has applied, since it began, and what it has still to apply. Any thread may add and read; a snapshot is
 * not of one instant.
 */
public final class ApplyCounters {
    private final Map<PageEncoding, LongAdder> pages = new EnumMap<>(PageEncoding.class);
    private final LongAdder unchanged = new LongAdder();
    private final LongAdder placed = new LongAdder();
    private final LongAdder repaired = new LongAdder();
    private final LongAdder guestBytes = new LongAdder();
    private final LongAdder payloadBytes = new LongAdder();
    private final LongAdder wireBytes = new LongAdder();
    private final LongAdder verificationFailures = new LongAdder();
    private final Map<Integer, Long> laneLags = new ConcurrentSkipListMap<>();

    public ApplyCounters() {
        for (PageEncoding encoding : PageEncoding.values()) {
            pages.put(encoding, new LongAdder());
        }
    }

    void addRun(PageEncoding encoding, int count, int pageSize) {
        pages.get(encoding).add(count);
        guestBytes.add((long) count * pageSize);
    }

    void addUnchanged(int count, int pageSize) {
        unchanged.add(count);
        guestBytes.add((long) count * pageSize);
    }

    /** Counts pages that came as hashes, and were in their places already. */
    void addPlaced(int count) {
        placed.add(count);
    }

    /** Counts pages that came as hashes, and were had from the ingress. */
    void addRepaired(int count) {
        repaired.add(count);
    }

    void addPayload(long bytes) {
        payloadBytes.add(bytes);
    }

    /** Counts bytes that were fetched. */
    public void addWire(long bytes) {
        wireBytes.add(bytes);
    }

    /** Counts a checksum or digest that did not match. */
    void addVerificationFailure() {
        verificationFailures.increment();
    }

    /** Says how many records of a lane are stored and not applied. */
    public void setLaneLag(int lane, long records) {
        laneLags.put(lane, records);
    }

    /** Pages by encoding. */
    public PageCounts pages() {
        return new PageCounts(
                pages.get(PageEncoding.NORMAL).sum(),
                pages.get(PageEncoding.ZERO).sum(),
                pages.get(PageEncoding.FILL).sum(),
                pages.get(PageEncoding.XBZRLE).sum(),
                pages.get(PageEncoding.HASH).sum(),
                unchanged.sum());
    }

    /** Pages of {@link PageCounts#hash} that were in their places already: nothing was read or written for them. */
    public long placed() {
        return placed.sum();
    }

    /** Pages of {@link PageCounts#hash} that no checkpoint here gave, and were had from the ingress. */
    public long repaired() {
        return repaired.sum();
    }

    /** Runs of pages, and lanes, that were not what their checksum or digest said. */
    public long verificationFailures() {
        return verificationFailures.sum();
    }

    /** Records of each lane that are stored and not applied, as of the last look; lanes that were not read yet are missing. */
    public Map<Integer, Long> laneLags() {
        return Map.copyOf(laneLags);
    }

    /** Bytes of the pages, of their encodings before compression, and of the records fetched. */
    public ByteCounts bytes() {
        return new ByteCounts(guestBytes.sum(), payloadBytes.sum(), wireBytes.sum());
    }
}
