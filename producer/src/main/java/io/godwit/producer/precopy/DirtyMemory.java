package io.godwit.producer.precopy;

import io.godwit.record.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A guest's memory as precopy sees it: blocks that can be read in place, and which of their pages were written.
 *
 * <p>Called by the one thread that drives the migration.
 */
public interface DirtyMemory {
    /** Page size and blocks. */
    Manifest manifest();

    /**
     * The dirty pages of a block.
     *
     * <p>Whoever writes the guest's memory marks a page after the bytes are written; precopy clears a mark before it reads:
     * so a write is either seen by that read or marked for the next round. Where writers do not mark, {@link #sync} does.
     */
    DirtyBitmap dirty(int block);

    /**
     * The memory of consecutive pages.
     *
     * @param count 1 to {@link DirtyBitmap#WORD_PAGES}, all within one word of the bitmap
     * @return a buffer whose position is the first byte of page {@code first}, whose bytes change as the guest writes; valid
     *     until the next call
     * @throws IOException if the memory cannot be read
     */
    ByteBuffer view(int block, int first, int count) throws IOException, InterruptedException;

    /**
     * Brings the bitmaps up to date: every write that was made before this call is marked when it returns, unless the page's
     * last {@link #view} has seen it. What this takes after {@link #pause} is part of the downtime.
     *
     * @throws IOException if the memory cannot be read
     */
    void sync() throws IOException, InterruptedException;

    /** Whether a guest may write this memory; if not, one round is all, and nothing below is ever called. */
    boolean isLive();

    /** Takes {@code percent} of its running time from the guest, 0 to 99; no effect where it cannot be throttled. */
    void throttle(int percent);

    /** Whether {@link #throttle} has an effect. */
    boolean isThrottleable();

    /**
     * Stops the guest; when this returns it writes no more.
     *
     * @throws IOException if it cannot be stopped; it may stand still or not
     */
    void pause() throws IOException, InterruptedException;
}
