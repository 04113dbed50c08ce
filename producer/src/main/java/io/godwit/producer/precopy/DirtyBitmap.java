package io.godwit.producer.precopy;

import java.util.concurrent.atomic.AtomicLongArray;

/** One bit a page of a block: set once the page was written after precopy last read it. Any thread may call anything. */
public final class DirtyBitmap {
    /** Pages a word. */
    public static final int WORD_PAGES = Long.SIZE;

    private final int pages;
    private final AtomicLongArray words;

    /** A bitmap of {@code pages} pages, none of them dirty. */
    public DirtyBitmap(int pages) {
        this.pages = pages;
        words = new AtomicLongArray((int) ((pages + (long) WORD_PAGES - 1) / WORD_PAGES));
    }

    /** Words of the bitmap; word <i>w</i> holds pages 64 <i>w</i> to 64 <i>w</i> + 63, from its lowest bit. */
    public int words() {
        return words.length();
    }

    /**
     * Marks a page, whose bytes were written before.
     *
     * <p>Always writes, even where the bit is set already: a test first could see the bit from before precopy cleared it while
     * the bytes are still in this core's store buffer, and the write would be lost.
     */
    public void mark(int page) {
        words.getAndAccumulate(page / WORD_PAGES, 1L << (page % WORD_PAGES), (old, bit) -> old | bit);
    }

    /** Marks every page. */
    public void markAll() {
        for (int word = 0; word < words.length(); word++) {
            int rest = pages - word * WORD_PAGES;
            words.set(word, rest >= WORD_PAGES ? -1L : (1L << rest) - 1);
        }
    }

    /** Clears a word and returns what it was. Reads of the pages after this see every write that was marked before it. */
    public long take(int word) {
        // Most words are clear after the first round: a plain look spares them the locked instruction. A mark that
        // arrives just after the look is one that the next round takes.
        return words.getPlain(word) == 0 ? 0 : words.getAndSet(word, 0);
    }

    /** Pages that are dirty now. */
    public long count() {
        long dirty = 0;
        for (int word = 0; word < words.length(); word++) {
            dirty += Long.bitCount(words.getPlain(word));
        }
        return dirty;
    }
}
