package io.godwit.transformer.topology;

import static java.util.Objects.requireNonNull;

import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.PageBatch;
import io.godwit.record.PageRuns;
import io.godwit.record.StreamBody.StreamFailure;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import java.util.Arrays;

/**
 * A destination as simple as can be, written from the contract and not from the receiver: one lane, block 0, memory in one
 * array. Fails where a real one would have to refuse.
 */
final class Target {
    final byte[] memory;
    private final int pageSize;
    private final String stream;
    private int attempt;
    private long sequence = -1;
    private boolean halted;

    Target(int pages, int pageSize, String stream) {
        memory = new byte[pages * pageSize];
        this.pageSize = pageSize;
        this.stream = requireNonNull(stream);
    }

    int attempt() {
        return attempt;
    }

    long sequence() {
        return sequence;
    }

    /** Whether a failure stands in its way, until a new attempt. */
    boolean isHalted() {
        return halted;
    }

    /** Takes the next record of the lane. @return whether it was applied */
    boolean apply(StreamRecord record) {
        if (record.attempt() > attempt) {
            if (!(record.body() instanceof StreamStart start) || !start.stream().equals(stream)) {
                return false;
            }
            attempt = record.attempt();
            sequence = -1;
            halted = false;
        }
        if (halted || record.attempt() < attempt || record.sequence() <= sequence) {
            return false;
        }
        if (record.sequence() > sequence + 1 || record.body() instanceof StreamFailure) {
            halted = true;
            return false;
        }
        sequence = record.sequence();
        if (record.body() instanceof PageBatch batch) {
            apply(batch);
        }
        return true;
    }

    private void apply(PageBatch batch) {
        byte[] payload = unpack(batch);
        PageRuns runs = batch.runs();
        int input = 0;
        for (int run = 0; run < runs.size(); run++) {
            long sum = 0;
            for (int page = 0; page < runs.count(run); page++) {
                int at = Math.toIntExact((runs.index(run) + page) * pageSize);
                switch (runs.encoding(run)) {
                    case NORMAL -> System.arraycopy(payload, input + page * pageSize, memory, at, pageSize);
                    case ZERO -> Arrays.fill(memory, at, at + pageSize, (byte) 0);
                    case FILL -> Arrays.fill(memory, at, at + pageSize, payload[input]);
                    case XBZRLE -> applyDelta(payload, input, runs.length(run), at);
                    case HASH -> throw new AssertionError("nothing makes digests yet");
                }
                sum += Ingress.hash(memory, at, pageSize, runs.index(run) + page);
            }
            if (sum != runs.checksum(run)) {
                throw new AssertionError("checksum of run " + run + " at page " + runs.index(run) + ", "
                        + runs.encoding(run) + ", attempt " + attempt + ", sequence " + sequence);
            }
            input += runs.length(run);
        }
    }

    /** XBZRLE as docs/xbzrle.txt of QEMU tells it: equal run, changed run, its bytes. */
    private void applyDelta(byte[] delta, int offset, int length, int page) {
        int input = offset;
        int output = page;
        while (input < offset + length) {
            for (int turn = 0; turn < 2; turn++) {
                int run = delta[input] & 0x7F;
                if (delta[input++] < 0) {
                    run |= (delta[input++] & 0x7F) << 7;
                }
                if (turn == 1) {
                    System.arraycopy(delta, input, memory, output, run);
                    input += run;
                }
                output += run;
            }
        }
        if (output > page + pageSize) {
            throw new AssertionError("delta reaches past its page");
        }
    }

    static byte[] unpack(PageBatch batch) {
        byte[] packed = Arrays.copyOfRange(
                batch.payload(), batch.payloadOffset(), batch.payloadOffset() + batch.payloadLength());
        if (batch.compression() == PayloadCompression.NONE) {
            return packed;
        }
        byte[] payload = new byte[Math.toIntExact(batch.runs().payloadBytes())];
        try (PayloadCodec codec = new PayloadCodec()) {
            codec.decompress(batch.compression(), packed, 0, packed.length, payload, payload.length);
            return payload;
        } catch (MalformedRecordException e) {
            throw new AssertionError(e);
        }
    }
}
