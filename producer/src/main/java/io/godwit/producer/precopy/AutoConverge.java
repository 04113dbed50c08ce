package io.godwit.producer.precopy;

/**
 * Notices a guest that outruns the pipe, and says how much to throttle it.
 *
 * <p>Model and numbers are those of QEMU's auto-converge: a round in which the guest dirtied more than half of what was sent
 * is high; every second high round raises the throttle.
 *
 * <table>
 * <caption>What a round leads to</caption>
 * <tr><th>round</th><th>high rounds before</th><th>result</th></tr>
 * <tr><td>not high</td><td>any</td><td>as before</td></tr>
 * <tr><td>high</td><td>even</td><td>as before</td></tr>
 * <tr><td>high</td><td>odd</td><td>outrun; throttle 0 to 20 %, or 10 % more, at most 99 %</td></tr>
 * </table>
 *
 * Source: QEMU, {@code docs/about} of throttle-trigger-threshold, cpu-throttle-initial, cpu-throttle-increment and
 * max-cpu-throttle in {@code qapi/migration.json}.
 */
public final class AutoConverge {
    static final int TRIGGER_PERCENT = 50;
    static final int INITIAL_PERCENT = 20;
    static final int INCREMENT_PERCENT = 10;
    static final int MAX_PERCENT = 99;

    private static final int HIGH_ROUNDS = 2;

    private int highRounds;
    private int throttlePercent;
    private boolean outrun;

    /**
     * A round has ended.
     *
     * @param sentBytes bytes of pages sent in the round
     * @param dirtiedBytes bytes of pages that the guest dirtied meanwhile
     */
    public void roundEnded(long sentBytes, long dirtiedBytes) {
        if (dirtiedBytes <= sentBytes / 100 * TRIGGER_PERCENT) {
            return;
        }
        highRounds++;
        if (highRounds >= HIGH_ROUNDS) {
            highRounds = 0;
            outrun = true;
            throttlePercent =
                    throttlePercent == 0 ? INITIAL_PERCENT : Math.min(MAX_PERCENT, throttlePercent + INCREMENT_PERCENT);
        }
    }

    /** What to take from the guest's running time. */
    public int throttlePercent() {
        return throttlePercent;
    }

    /** Whether the guest was found to outrun the pipe, in any round so far. */
    public boolean isOutrun() {
        return outrun;
    }
}
