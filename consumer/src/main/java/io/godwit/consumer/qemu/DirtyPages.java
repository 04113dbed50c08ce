package io.godwit.consumer.qemu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The pages of one block that were written and not forwarded since: a bit a page.
 *
 * <p>Any thread may set bits, one takes them. Who sets a bit has written the page before; who takes a bit reads the page after:
 * so a page that is read while it is written has its bit set once more, and is read again.
 */
final class DirtyPages {
    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int WORD_BITS = Long.SIZE;

    private final long[] words;
    private final long pages;

    DirtyPages(long pages) {
        this.pages = pages;
        this.words = new long[Math.toIntExact((pages + WORD_BITS - 1) / WORD_BITS)];
    }

    /** Words of {@link #WORD_BITS} pages each. */
    int words() {
        return words.length;
    }

    /** First page of a word. */
    static long firstPage(int word) {
        return (long) word * WORD_BITS;
    }

    /** The bits of a word that stand for pages. */
    long pagesOf(int word) {
        long left = pages - firstPage(word);
        return left >= WORD_BITS ? -1L : (1L << left) - 1;
    }

    /** Sets the bits of {@code count} pages from {@code first} on. */
    void set(long first, int count) {
        long at = first;
        long end = first + count;
        while (at < end) {
            int word = (int) (at / WORD_BITS);
            long wordEnd = Math.min(end, firstPage(word) + WORD_BITS);
            long bits = -1L >>> (WORD_BITS - (wordEnd - at)) << (at % WORD_BITS);
            // Also where they are set already: it orders the write before it for who takes them.
            Object unused = (long) WORDS.getAndBitwiseOr(words, word, bits);
            at = wordEnd;
        }
    }

    /** Sets all bits. */
    void setAll() {
        for (int word = 0; word < words.length; word++) {
            WORDS.setVolatile(words, word, pagesOf(word));
        }
    }

    /** Returns a word's bits, and clears them. */
    long take(int word) {
        return (long) WORDS.getVolatile(words, word) == 0 ? 0 : (long) WORDS.getAndSet(words, word, 0L);
    }
}
