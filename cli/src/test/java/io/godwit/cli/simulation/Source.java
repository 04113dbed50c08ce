package io.godwit.cli.simulation;

import io.godwit.codec.ZeroPage;
import io.godwit.hash.PageHash;
import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.record.StreamBody;
import io.godwit.record.StreamBody.EndOfStream;
import io.godwit.record.StreamBody.RoundEnd;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordEncoder;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * A source agent's attempt: reads the guest in rounds, and has the records of each lane wait, in their order, to be sent. What
 * waits when it is killed is lost, or comes late.
 */
final class Source {
    private final int attempt;
    private final Guest guest;
    private final Random random;
    private final int rounds;
    private final List<Deque<byte[]>> outbox = new ArrayList<>();
    private final long[] sequences = new long[Guest.LANE_COUNT];
    private final long[] digests = new long[Guest.LANE_COUNT];
    private final long[] hashes = new long[Guest.PAGES];
    private final BitSet toRead = new BitSet();

    private int round = 1;
    private boolean read;

    Source(int attempt, Guest guest, Random random) {
        this.attempt = attempt;
        this.guest = guest;
        this.random = random;
        rounds = 1 + random.nextInt(4);
        for (int lane = 0; lane < Guest.LANE_COUNT; lane++) {
            outbox.add(new ArrayDeque<>());
            put(
                    lane,
                    new StreamStart(
                            Guest.STREAM,
                            Guest.MANIFEST,
                            Guest.LANE_COUNT,
                            Guest.STRIPE_PAGES,
                            List.of(SimulatedCheckpoint.ID),
                            "ram-dir",
                            attempt));
        }
        guest.takeDirty();
        toRead.set(0, Guest.PAGES);
    }

    int attempt() {
        return attempt;
    }

    /** Whether the guest was read to its end: it stands still from now on. */
    boolean isRead() {
        return read;
    }

    /** Reads some pages of the round, or ends it. */
    void step() {
        int first = toRead.nextSetBit(0);
        if (first >= 0) {
            readBatch(first);
            return;
        }
        for (int lane = 0; lane < Guest.LANE_COUNT; lane++) {
            put(lane, new RoundEnd(round));
        }
        toRead.or(guest.takeDirty());
        if (round >= rounds && toRead.isEmpty()) {
            for (int lane = 0; lane < Guest.LANE_COUNT; lane++) {
                put(lane, new EndOfStream(Guest.LANES.pagesOf(lane), digests[lane]));
            }
            read = true;
        }
        round++;
    }

    /** Lanes that have a record to send. */
    List<Integer> lanesToSend() {
        List<Integer> lanes = new ArrayList<>();
        for (int lane = 0; lane < Guest.LANE_COUNT; lane++) {
            if (!outbox.get(lane).isEmpty()) {
                lanes.add(lane);
            }
        }
        return lanes;
    }

    /** The lane's next record, which is sent with this. */
    byte[] send(int lane) {
        return outbox.get(lane).remove();
    }

    /** Puts pages into a batch, from {@code first} on, as far as they are of its block and lane. */
    private void readBatch(int first) {
        int most = 1 + random.nextInt(6);
        int lane = Guest.lane(first);
        PageRuns runs = new PageRuns(most);
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        long count = 0;
        for (int page = first; page >= 0 && count < most; page = toRead.nextSetBit(page + 1)) {
            if (Guest.block(page) != Guest.block(first)) {
                break;
            }
            if (Guest.lane(page) == lane) {
                toRead.clear(page);
                read(page, runs, payload);
                count++;
            }
        }
        put(lane, batch(Guest.block(first), runs, payload.toByteArray()));
    }

    private void read(int page, PageRuns runs, ByteArrayOutputStream payload) {
        byte[] bytes = guest.page(page);
        boolean zero = ZeroPage.isZero(bytes, 0, bytes.length);
        long hash =
                zero ? PageHash.ZERO : PageHash.ofNonZero(bytes, 0, bytes.length, Guest.block(page), Guest.index(page));
        digests[Guest.lane(page)] += hash - hashes[page];
        hashes[page] = hash;
        runs.extend(
                Guest.index(page),
                1,
                zero ? PageEncoding.ZERO : PageEncoding.NORMAL,
                zero ? 0 : bytes.length,
                hash,
                Guest.STRIPE_PAGES);
        if (!zero) {
            payload.writeBytes(bytes);
        }
    }

    private PageBatch batch(int block, PageRuns runs, byte[] payload) {
        if (payload.length > 0 && random.nextBoolean()) {
            byte[] compressed = new byte[PayloadCodec.maxCompressedLength(payload.length)];
            try (PayloadCodec codec = new PayloadCodec()) {
                int length = codec.compress(PayloadCompression.LZ4, payload, 0, payload.length, compressed);
                if (length < payload.length) {
                    return new PageBatch(round, block, runs, 0, 0, PayloadCompression.LZ4, compressed, 0, length);
                }
            }
        }
        return new PageBatch(round, block, runs, 0, 0, PayloadCompression.NONE, payload, 0, payload.length);
    }

    private void put(int lane, StreamBody body) {
        StreamRecord record = new StreamRecord(Guest.MIGRATION, attempt, lane, sequences[lane]++, body);
        outbox.get(lane).add(StreamRecordEncoder.encode(record));
    }
}
