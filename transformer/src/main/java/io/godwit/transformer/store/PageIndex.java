package io.godwit.transformer.store;

import java.util.Arrays;

/**
 * Finds the frame of a page: open addressing with linear probing over primitives, no allocation but when it grows.
 *
 * <pre>
 *   table: | 0 = empty | frame + 1 | ... |   a power of two of slots, at most half of them taken
 *   keys:  | key of frame 0 | key of frame 1 | ... |
 * </pre>
 *
 * Removing shifts the entries behind it back, so that there are no tombstones and a lookup stays short for ever.
 */
final class PageIndex {
    static final int NONE = -1;

    private static final int MIN_SLOTS = 16;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private int[] table = new int[MIN_SLOTS];
    private long[] keys = new long[MIN_SLOTS / 2];
    private int size;

    int size() {
        return size;
    }

    long key(int frame) {
        return keys[frame];
    }

    /** The frame of {@code key}, or {@link #NONE}. */
    int find(long key) {
        int mask = table.length - 1;
        for (int slot = home(key); ; slot = (slot + 1) & mask) {
            int entry = table[slot];
            if (entry == 0) {
                return NONE;
            }
            if (keys[entry - 1] == key) {
                return entry - 1;
            }
        }
    }

    /** Adds {@code key}, which must be absent, and gives it the next frame: frames are dense. */
    int append(long key) {
        if (size == keys.length) {
            rebuild(table.length * 2);
        }
        keys[size] = key;
        insert(key, size);
        return size++;
    }

    /** Makes {@code frame} the frame of {@code key}, which must be absent, and forgets the key it had. */
    void replace(int frame, long key) {
        delete(keys[frame]);
        keys[frame] = key;
        insert(key, frame);
    }

    /**
     * Forgets the key of {@code frame}; the key of the last frame moves into its place.
     *
     * @return the frame that was last: its content has to move to {@code frame} (the same when it was the last)
     */
    int removeAndMoveLast(int frame) {
        int last = size - 1;
        delete(keys[frame]);
        if (frame != last) {
            long moved = keys[last];
            table[slotOf(moved)] = frame + 1;
            keys[frame] = moved;
        }
        size = last;
        return last;
    }

    void clear() {
        table = new int[MIN_SLOTS];
        keys = new long[MIN_SLOTS / 2];
        size = 0;
    }

    /** What the index takes on the heap, but for a few words. */
    long heapBytes() {
        return (long) table.length * Integer.BYTES + (long) keys.length * Long.BYTES;
    }

    /** Lets go of slots when fewer than a fifth of them is taken. */
    void trim() {
        int slots = table.length;
        while (slots > MIN_SLOTS && size < slots / 5) {
            slots /= 2;
        }
        if (slots != table.length) {
            rebuild(slots);
        }
    }

    private void rebuild(int slots) {
        table = new int[slots];
        keys = Arrays.copyOf(keys, slots / 2);
        for (int frame = 0; frame < size; frame++) {
            insert(keys[frame], frame);
        }
    }

    private void insert(long key, int frame) {
        int mask = table.length - 1;
        int slot = home(key);
        while (table[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        table[slot] = frame + 1;
    }

    private int slotOf(long key) {
        int mask = table.length - 1;
        int slot = home(key);
        while (keys[table[slot] - 1] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void delete(long key) {
        int mask = table.length - 1;
        int hole = slotOf(key);
        int slot = hole;
        while (true) {
            slot = (slot + 1) & mask;
            int entry = table[slot];
            if (entry == 0) {
                table[hole] = 0;
                return;
            }
            // An entry may fill the hole unless its home lies behind the hole, in the ring from hole to slot.
            int home = home(keys[entry - 1]);
            if (((slot - home) & mask) >= ((slot - hole) & mask)) {
                table[hole] = entry;
                hole = slot;
            }
        }
    }

    private int home(long key) {
        return (int) ((key * GOLDEN) >>> (Long.numberOfLeadingZeros(table.length) + 1));
    }
}
