package io.godwit.consumer.position;

import java.util.Objects;

/**
 * How far a lane was applied.
 *
 * @param attempt the attempt that is being applied; 0 before the first one began
 * @param nextSequence the sequence to apply next, in that attempt
 * @param readOffset the Kafka offset to read from: at or before the record of {@code nextSequence}; records in between are
 *     read again and skipped
 * @param ended whether the attempt's EOS marker was applied
 * @param round the last round that has ended in this attempt
 * @param deviceState what was applied of the attempt's device state
 */
public record LanePosition(
        int attempt, long nextSequence, long readOffset, boolean ended, RoundMark round, DeviceStateMark deviceState) {
    /** Of a lane that nothing was applied of. */
    public static final LanePosition NONE =
            new LanePosition(0, 0, 0, false, RoundMark.NONE, new DeviceStateMark(false, false, 0, 0));

    /**
     * The end of a round.
     *
     * @param number of the round; 0 before the first has ended
     * @param nextSequence the lane's {@code nextSequence} as it was right after that end
     */
    public record RoundMark(int number, long nextSequence) {
        static final RoundMark NONE = new RoundMark(0, 0);

        public RoundMark {
            if (number < 0 || nextSequence < 0) {
                throw new IllegalArgumentException("round " + number + " ending before sequence " + nextSequence);
            }
        }
    }

    /**
     * How much there is of device state.
     *
     * @param expected whether the attempt must bring any before it ends
     * @param whole whether the last chunk was applied
     * @param chunks chunks applied
     * @param bytes their bytes
     */
    public record DeviceStateMark(boolean expected, boolean whole, int chunks, long bytes) {
        public DeviceStateMark {
            if (chunks < 0 || bytes < 0) {
                throw new IllegalArgumentException("device state of " + chunks + " chunks, " + bytes + " bytes");
            }
        }

        /** One chunk more. */
        public DeviceStateMark with(int chunkBytes, boolean last) {
            return new DeviceStateMark(expected, last, chunks + 1, bytes + chunkBytes);
        }
    }

    public LanePosition {
        Objects.requireNonNull(round, "round");
        Objects.requireNonNull(deviceState, "deviceState");
        if (attempt < 0 || nextSequence < 0 || readOffset < 0) {
            throw new IllegalArgumentException(
                    "lane position with attempt " + attempt + ", sequence " + nextSequence + ", offset " + readOffset);
        }
    }

    /** Right after the start of {@code newAttempt}, its record 0. */
    public static LanePosition afterStart(int newAttempt, boolean deviceStateExpected, long readOffset) {
        return new LanePosition(
                newAttempt,
                1,
                readOffset,
                false,
                RoundMark.NONE,
                new DeviceStateMark(deviceStateExpected, false, 0, 0));
    }

    /** One record further. */
    public LanePosition next() {
        return new LanePosition(attempt, nextSequence + 1, readOffset, ended, round, deviceState);
    }

    /** The same place, to be read from another offset. */
    public LanePosition readFrom(long newReadOffset) {
        return new LanePosition(attempt, nextSequence, newReadOffset, ended, round, deviceState);
    }

    /** Marks the record before {@code nextSequence} as the end of round {@code number}. */
    public LanePosition withRound(int number) {
        return new LanePosition(
                attempt, nextSequence, readOffset, ended, new RoundMark(number, nextSequence), deviceState);
    }

    /** Marks the record before {@code nextSequence} as the EOS marker. */
    public LanePosition withEnd() {
        return new LanePosition(attempt, nextSequence, readOffset, true, round, deviceState);
    }

    /** Replaces what is known of device state. */
    public LanePosition with(DeviceStateMark newDeviceState) {
        return new LanePosition(attempt, nextSequence, readOffset, ended, round, newDeviceState);
    }

    /** Whether exactly the records up to and with the end of round {@code number} were applied. */
    public boolean isAtEndOf(int number) {
        return round.number() == number && round.nextSequence() == nextSequence;
    }
}
