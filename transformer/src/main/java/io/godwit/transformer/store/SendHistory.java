package io.godwit.transformer.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * In which of the last rounds the pages of a lane were sent: what tells pages that are worth their frame from others.
 *
 * <p>The idea: in a round a page is sent at most once, and hot pages are sent round after round. So a page's past is one
 * bit a round, and a byte of them, newest on top, read as a number, says how likely the page is to be sent again, recent
 * rounds weighing most. All pages are sent in the bulk round, which therefore tells nothing and is not remembered.
 *
 * <pre>
 *   1 0 1 1 0 0 0 0     sent in this round, not in the one before, sent in the two before that: 0xB0
 * </pre>
 *
 * A cached page has a byte of its own. The pages that are not cached share the cells of a sketch: a page sets a bit in
 * {@value #PROBES} cells and has the bits that all of them have, so it may seem hotter than it is, never colder. It costs
 * {@value #CELLS_PER_FRAME} to {@code 2 * CELLS_PER_FRAME} bytes a frame, whatever the guest's size.
 *
 * <p>Rounds near the end of a migration are tiny. A round counts on as the one before until half as many pages as
 * are cached were sent, so that tiny rounds do not push the past out of a byte.
 *
 * <p>Source: the idea to admit by a sketch of the past is TinyLFU (Einziger, Friedman, Manes, 2017); histories in
 * place of counts are what rounds allow.
 */
final class SendHistory {
    /** The bit of this round. */
    static final int SENT = 0x80;

    private static final int PROBES = 3;
    private static final int CELLS_PER_FRAME = 8;
    private static final int MIN_FRAMES = 64;
    private static final int ROUNDS = Byte.SIZE;

    private static final long ALL_BUT_NEWEST_BITS = 0x7F7F7F7F7F7F7F7FL;
    private static final VarHandle EIGHT_CELLS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private byte[] frames = new byte[MIN_FRAMES];
    private byte[] cells = new byte[MIN_FRAMES * CELLS_PER_FRAME];

    /** Rounds after the bulk one that were counted, this one included. */
    private int rounds;

    private boolean bulk = true;
    private int sentInRound;
    private int hotFrames;

    /** Another round begins; {@code framesInUse} pages are cached. */
    void startRound(boolean newBulk, int framesInUse) {
        bulk = newBulk;
        if (bulk || (rounds > 0 && sentInRound < framesInUse / 2)) {
            return;
        }
        sentInRound = 0;
        rounds++;
        age(frames);
        age(cells);
        hotFrames = 0;
        for (byte history : frames) {
            hotFrames += history == 0 ? 0 : 1;
        }
    }

    /** A cached page was sent. */
    void sentCached(int frame) {
        if (!bulk) {
            sentInRound++;
            assign(frame, (frames[frame] & 0xFF) | SENT);
        }
    }

    /** A page that is not cached was sent. */
    void sentUncached(long key) {
        if (!bulk) {
            sentInRound++;
            remember(key, SENT);
        }
    }

    /** The history of a page that is not cached: every round it was sent in, and others where cells collide. */
    int ofUncached(long key) {
        long hash = mix(key);
        int history = 0xFF;
        for (int probe = 0; probe < PROBES; probe++) {
            history &= cells[cell(hash, probe)];
        }
        return history;
    }

    /** The page of {@code key}, cached in {@code frame}, loses its frame: its history goes on in the sketch. */
    void evicted(int frame, long key) {
        remember(key, frames[frame] & 0xFF);
        assign(frame, 0);
    }

    /** The one door to a frame's history. */
    void assign(int frame, int history) {
        hotFrames += (history == 0 ? 0 : 1) - (frames[frame] == 0 ? 0 : 1);
        frames[frame] = (byte) history;
    }

    void move(int from, int to) {
        assign(to, frames[from] & 0xFF);
        assign(from, 0);
    }

    /** Cached pages that were sent again in one of the rounds that are remembered. */
    int hotFrames() {
        return hotFrames;
    }

    /** Whether a whole round has shown which pages are sent again: then pages that were not are cold, not unknown. */
    boolean isJudged() {
        return rounds > 1;
    }

    /**
     * What the page of {@code frame} is expected to be worth at the end of this round: its history, with a share of this
     * round's bit while the round may still come to the page, as large a share as the page had of the rounds before.
     *
     * @param passed whether this round has already gone past the page: then it is not sent in it any more
     */
    int expected(int frame, boolean passed) {
        int history = frames[frame] & 0xFF;
        if (passed || history >= SENT || history == 0) {
            return history;
        }
        // Not zero: a bit below the newest means that there was an earlier round.
        int all = SENT - (SENT >> (Math.min(rounds, ROUNDS) - 1));
        return history + Math.min(SENT, history * SENT / all);
    }

    /** Makes room for {@code count} frames, and lets go of room for many more. */
    void resize(int count) {
        int size = Math.max(MIN_FRAMES, Integer.highestOneBit(Math.max(1, count - 1)) * 2);
        if (size == frames.length) {
            return;
        }
        frames = Arrays.copyOf(frames, size);
        byte[] resized = new byte[size * CELLS_PER_FRAME];
        int mask = resized.length - 1;
        for (int cell = 0; cell < Math.max(cells.length, resized.length); cell++) {
            resized[cell & mask] |= cells[cell & (cells.length - 1)];
        }
        cells = resized;
    }

    void clear() {
        frames = new byte[MIN_FRAMES];
        cells = new byte[MIN_FRAMES * CELLS_PER_FRAME];
        // A bit that this round sets from now on is followed by another round's.
        rounds = bulk ? 0 : 1;
        sentInRound = 0;
        hotFrames = 0;
    }

    /** What the histories take on the heap, but for a few words. */
    long heapBytes() {
        return (long) frames.length + cells.length;
    }

    private void remember(long key, int history) {
        long hash = mix(key);
        for (int probe = 0; probe < PROBES; probe++) {
            cells[cell(hash, probe)] |= (byte) history;
        }
    }

    private int cell(long hash, int probe) {
        return ((int) hash + probe * (int) (hash >>> Integer.SIZE)) & (cells.length - 1);
    }

    /** Every history a round older: eight of them at a time, and no bit crosses into its neighbour. */
    private static void age(byte[] histories) {
        for (int at = 0; at < histories.length; at += Long.BYTES) {
            long eight = (long) EIGHT_CELLS.get(histories, at);
            EIGHT_CELLS.set(histories, at, (eight >>> 1) & ALL_BUT_NEWEST_BITS);
        }
    }

    /** The finalizer of SplitMix64, by Sebastiano Vigna. */
    private static long mix(long value) {
        long mixed = value;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
