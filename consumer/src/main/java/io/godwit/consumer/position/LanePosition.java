package io.godwit.consumer.position;

/**
 * How far a lane was applied.
 *
 * @param attempt the attempt that is being applied; 0 before the first one began
 * @param nextSequence the sequence to apply next, in that attempt
 * @param readOffset the Kafka offset to read from: at or before the record of {@code nextSequence}; records in between are
 *     read again and skipped
 * @param round the last round whose end was applied in this attempt; 0 before the first
 * @param roundSequence {@code nextSequence} as it was right after that round's end
 * @param ended whether the attempt's EOS marker was applied
 * @param deviceStateExpected whether the attempt must bring device state before it ends
 * @param deviceStateWhole whether the last chunk of device state was applied
 * @param deviceChunks chunks of device state applied
 * @param deviceBytes their bytes
 */
public record LanePosition(
        int attempt,
        long nextSequence,
        long readOffset,
        int round,
        long roundSequence,
        boolean ended,
        boolean deviceStateExpected,
        boolean deviceStateWhole,
        int deviceChunks,
        long deviceBytes) {
    /** Of a lane that nothing was applied of. */
    public static final LanePosition NONE = new LanePosition(0, 0, 0, 0, 0, false, false, false, 0, 0);

    public LanePosition {
        if (attempt < 0 || nextSequence < 0 || readOffset < 0 || round < 0 || roundSequence < 0) {
            throw new IllegalArgumentException("lane position with attempt " + attempt + ", sequence " + nextSequence
                    + ", offset " + readOffset + ", round " + round + " ending at " + roundSequence);
        }
        if (deviceChunks < 0 || deviceBytes < 0) {
            throw new IllegalArgumentException(
                    "lane position with " + deviceChunks + " chunks of device state, " + deviceBytes + " bytes");
        }
    }

    /** Right after the start of {@code newAttempt}, its record 0. */
    public LanePosition begin(int newAttempt, boolean expectsDeviceState, long newReadOffset) {
        return new LanePosition(newAttempt, 1, newReadOffset, 0, 0, false, expectsDeviceState, false, 0, 0);
    }

    /** One record further. */
    public LanePosition next(long newReadOffset) {
        return new LanePosition(
                attempt,
                nextSequence + 1,
                newReadOffset,
                round,
                roundSequence,
                ended,
                deviceStateExpected,
                deviceStateWhole,
                deviceChunks,
                deviceBytes);
    }

    /** The same place, to be read from another offset. */
    public LanePosition readFrom(long newReadOffset) {
        return new LanePosition(
                attempt,
                nextSequence,
                newReadOffset,
                round,
                roundSequence,
                ended,
                deviceStateExpected,
                deviceStateWhole,
                deviceChunks,
                deviceBytes);
    }

    /** Marks the record before {@code nextSequence} as the end of {@code endedRound}. */
    public LanePosition withRound(int endedRound) {
        return new LanePosition(
                attempt,
                nextSequence,
                readOffset,
                endedRound,
                nextSequence,
                ended,
                deviceStateExpected,
                deviceStateWhole,
                deviceChunks,
                deviceBytes);
    }

    /** Marks the attempt as ended. */
    public LanePosition withEnd() {
        return new LanePosition(
                attempt,
                nextSequence,
                readOffset,
                round,
                roundSequence,
                true,
                deviceStateExpected,
                deviceStateWhole,
                deviceChunks,
                deviceBytes);
    }

    /** Counts a chunk of device state. */
    public LanePosition withDeviceState(int chunkBytes, boolean last) {
        return new LanePosition(
                attempt,
                nextSequence,
                readOffset,
                round,
                roundSequence,
                ended,
                deviceStateExpected,
                last,
                deviceChunks + 1,
                deviceBytes + chunkBytes);
    }

    /** Whether exactly the records up to and with the end of {@code wantedRound} were applied. */
    public boolean isAtEndOf(int wantedRound) {
        return round == wantedRound && roundSequence == nextSequence;
    }
}
