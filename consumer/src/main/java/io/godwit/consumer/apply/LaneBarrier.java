package io.godwit.consumer.apply;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Where lanes wait for one another: EOS is a barrier, and so is the end of the round that was asked for. Lanes count as one
 * image only in the same attempt: a lane that waits goes on once another has met a newer attempt.
 *
 * <p>Any thread may call it.
 */
public final class LaneBarrier {
    /** What all lanes have in common. */
    public enum Outcome {
        /** Nothing yet. */
        OPEN,
        /** All have ended. */
        ENDED,
        /** All stand at the end of the round that was asked for, or have ended before it. */
        AT_ROUND
    }

    private enum Stand {
        READING,
        AT_ROUND,
        ENDED
    }

    private final OptionalInt untilRound;
    private final int[] attempts;
    private final Stand[] stands;
    private int newestAttempt;
    private int withdrawnAttempt;
    private boolean sealed;

    /** @param untilRound the round to stop at; empty to go on to the end */
    public LaneBarrier(int lanes, OptionalInt untilRound) {
        this.untilRound = untilRound;
        attempts = new int[lanes];
        stands = new Stand[lanes];
        Arrays.fill(stands, Stand.READING);
    }

    /** A lane begins an attempt; returns false where the lanes are {@link #seal sealed}, and it must not. */
    synchronized boolean begin(int lane, int attempt) {
        if (sealed) {
            return false;
        }
        attempts[lane] = attempt;
        stands[lane] = Stand.READING;
        newestAttempt = Math.max(newestAttempt, attempt);
        return true;
    }

    synchronized void endRound(int lane, int round) {
        if (untilRound.isPresent() && untilRound.getAsInt() == round) {
            stands[lane] = Stand.AT_ROUND;
        }
    }

    synchronized void end(int lane) {
        stands[lane] = Stand.ENDED;
    }

    /** The source has given up {@code attempt}, and all before: their end is none. */
    public synchronized void withdraw(int attempt) {
        withdrawnAttempt = Math.max(withdrawnAttempt, attempt);
    }

    /**
     * From now on no attempt begins, where every lane has ended in the newest one: what is verified stays what it is.
     *
     * @return whether that is so
     */
    public synchronized boolean seal() {
        sealed |= outcome() == Outcome.ENDED;
        return sealed;
    }

    /** Whether every lane is in the newest attempt. */
    synchronized boolean isTogether() {
        for (int attempt : attempts) {
            if (attempt != newestAttempt) {
                return false;
            }
        }
        return true;
    }

    /** The round to stop at. */
    OptionalInt untilRound() {
        return untilRound;
    }

    /** Whether no record of {@code lane} may be applied for now. */
    public synchronized boolean isWaiting(int lane) {
        return stands[lane] == Stand.AT_ROUND && attempts[lane] == newestAttempt;
    }

    /** Lanes that have ended in the newest attempt. */
    public synchronized int lanesEnded() {
        int ended = 0;
        for (int lane = 0; lane < stands.length; lane++) {
            ended += stands[lane] == Stand.ENDED && attempts[lane] == newestAttempt ? 1 : 0;
        }
        return ended;
    }

    /** The newest attempt that a lane has begun; 0 before the first. */
    public synchronized int newestAttempt() {
        return newestAttempt;
    }

    /** What all lanes have in common now. */
    public synchronized Outcome outcome() {
        boolean allEnded = true;
        for (int lane = 0; lane < stands.length; lane++) {
            if (stands[lane] == Stand.READING || attempts[lane] != newestAttempt) {
                return Outcome.OPEN;
            }
            allEnded &= stands[lane] == Stand.ENDED;
        }
        if (allEnded && newestAttempt <= withdrawnAttempt) {
            return Outcome.OPEN;
        }
        return allEnded ? Outcome.ENDED : Outcome.AT_ROUND;
    }
}
