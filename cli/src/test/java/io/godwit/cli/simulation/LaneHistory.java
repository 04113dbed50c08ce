package io.godwit.cli.simulation;

import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a lane's pages have to be, told from its ingress records alone: which of them count, and every page's bytes after each.
 * Nothing here is shared with what is tested but the record format.
 */
final class LaneHistory {
    /** Where a record stands in its lane. */
    record Place(int attempt, long sequence) {}

    private static final byte[] ZEROS = new byte[Guest.PAGE_SIZE];

    /** Offset of the record that counts, by its place. */
    private final Map<Place, Long> offsets = new HashMap<>();
    /** Every page's bytes, by the offset of the record that brought them. */
    private final Map<Integer, TreeMap<Long, byte[]>> versions = new HashMap<>();
    /** The place that the lane has reached, by the offset of the record it reached it with. */
    private final TreeMap<Long, Place> places = new TreeMap<>();
    /** Offset of the start of an attempt, by the attempt, where the attempt before it was unreadable from somewhere on. */
    private final TreeMap<Integer, Long> freshStarts = new TreeMap<>();

    private int attempt;
    private int newestAttempt;
    private long next;
    private final Set<Integer> brokenAttempts = new HashSet<>();

    /** Takes the next ingress record of the lane, as its source made it. */
    void add(long offset, StreamRecord record) throws MalformedRecordException {
        if (record.attempt() > attempt && record.body() instanceof StreamStart && record.sequence() == 0) {
            if (isBroken() || isBroken(attempt)) {
                freshStarts.put(record.attempt(), offset);
            }
            attempt = record.attempt();
            newestAttempt = Math.max(newestAttempt, attempt);
            next = 0;
        }
        if (record.attempt() > attempt) {
            // Its start is one of the records that cannot be read.
            newestAttempt = Math.max(newestAttempt, record.attempt());
            brokenAttempts.add(record.attempt());
        }
        if (record.attempt() != attempt || record.sequence() != next) {
            return;
        }
        Place place = new Place(attempt, next);
        offsets.put(place, offset);
        places.put(offset, place);
        next++;
        if (record.body() instanceof PageBatch batch) {
            addPages(offset, batch);
        }
    }

    /** Takes an ingress record that nobody can read, of {@code itsAttempt}. */
    void addUnreadable(int itsAttempt) {
        newestAttempt = Math.max(newestAttempt, itsAttempt);
        brokenAttempts.add(itsAttempt);
        brokenAttempts.add(attempt);
        brokenAttempts.add(newestAttempt);
    }

    /** Whether a record of the newest attempt cannot be read. */
    boolean isBroken() {
        return isBroken(newestAttempt);
    }

    /** Whether a record of an attempt cannot be read, or one that came in its midst. */
    boolean isBroken(int anAttempt) {
        return brokenAttempts.contains(anAttempt);
    }

    /** The offset of the record that has {@code place}; null where none has. */
    Long offset(Place place) {
        return offsets.get(place);
    }

    /** The place that the lane has reached with the record at {@code offset}, those before it included; null at its begin. */
    Place placeAt(long offset) {
        Map.Entry<Long, Place> entry = places.floorEntry(offset);
        return entry == null ? null : entry.getValue();
    }

    /** A page's bytes after the record at {@code offset}. */
    byte[] pageAt(int page, long offset) {
        Map.Entry<Long, byte[]> version =
                versions.getOrDefault(page, new TreeMap<>()).floorEntry(offset);
        return version == null ? ZEROS : version.getValue();
    }

    /** Whether the page's bytes after the record at {@code offset} are known: no unreadable record came after they did. */
    boolean isKnown(int page, long offset) {
        Place place = placeAt(offset);
        Map.Entry<Integer, Long> fresh = place == null ? null : freshStarts.floorEntry(place.attempt());
        if (fresh == null) {
            return true;
        }
        Long version = versions.getOrDefault(page, new TreeMap<>()).floorKey(offset);
        return version != null && version > fresh.getValue();
    }

    private void addPages(long offset, PageBatch batch) throws MalformedRecordException {
        byte[] payload = payload(batch);
        int at = 0;
        for (int run = 0; run < batch.runs().size(); run++) {
            boolean zero = batch.runs().encoding(run) == PageEncoding.ZERO;
            for (int i = 0; i < batch.runs().count(run); i++) {
                int page = Guest.page(batch.block(), batch.runs().index(run) + i);
                byte[] bytes = zero ? ZEROS : Arrays.copyOfRange(payload, at, at + Guest.PAGE_SIZE);
                at += zero ? 0 : Guest.PAGE_SIZE;
                versions.computeIfAbsent(page, unused -> new TreeMap<>()).put(offset, bytes);
            }
        }
    }

    private static byte[] payload(PageBatch batch) throws MalformedRecordException {
        if (batch.compression() == PayloadCompression.NONE) {
            return Arrays.copyOfRange(
                    batch.payload(), batch.payloadOffset(), batch.payloadOffset() + batch.payloadLength());
        }
        byte[] payload = new byte[(int) batch.runs().payloadBytes()];
        try (PayloadCodec codec = new PayloadCodec()) {
            codec.decompress(
                    batch.compression(),
                    batch.payload(),
                    batch.payloadOffset(),
                    batch.payloadLength(),
                    payload,
                    payload.length);
        }
        return payload;
    }
}
