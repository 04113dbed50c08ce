package io.godwit.producer.source;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The contents of a synthetic guest's pages at boot: the same for the same specification, page by page, whatever thread
 * writes them in whatever order. Immutable.
 *
 * <p>Kinds come in extents of consecutive pages, as allocators of guests leave them. Text is words of a drawn vocabulary,
 * frequent ones more often: LZ4 leaves about 45 % of it.
 */
final class SyntheticPages {
    /** Consecutive pages of one kind. */
    static final int EXTENT_PAGES = 16;

    private static final int VOCABULARY = 2048;
    private static final byte[] LETTERS = "etaoinshrdlucmfwypvbgkjqxz".getBytes(StandardCharsets.US_ASCII);
    private static final int MIN_LETTERS = 2;
    private static final int LETTERS_SPREAD = 9;
    private static final int REPEATED_PAGES = 64;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private enum Kind {
        ZERO,
        TEXT,
        RANDOM,
        REPEAT
    }

    private final SyntheticSpec spec;
    private final byte[][] vocabulary = new byte[VOCABULARY][];
    private final byte[][] repeated = new byte[REPEATED_PAGES][SyntheticSpec.PAGE_SIZE];

    SyntheticPages(SyntheticSpec spec) {
        this.spec = spec;
        SplitMix random = new SplitMix(spec.seed(), -1);
        for (int word = 0; word < VOCABULARY; word++) {
            vocabulary[word] = drawWord(random);
        }
        for (int page = 0; page < REPEATED_PAGES; page++) {
            writeText(new SplitMix(spec.seed(), -2L - page), repeated[page]);
        }
    }

    /** Writes page {@code index} to {@code page}, an array of one page. */
    void write(long index, byte[] page) {
        SplitMix random = new SplitMix(spec.seed(), index);
        switch (kindOf(index / EXTENT_PAGES)) {
            case ZERO -> Arrays.fill(page, (byte) 0);
            case TEXT -> writeText(random, page);
            case RANDOM -> writeRandom(random, page);
            case REPEAT -> System.arraycopy(repeated[random.below(REPEATED_PAGES)], 0, page, 0, page.length);
        }
    }

    private Kind kindOf(long extent) {
        int percent = new SplitMix(~spec.seed(), extent).below(100);
        if (percent < spec.zeroPercent()) {
            return Kind.ZERO;
        }
        if (percent < spec.zeroPercent() + spec.textPercent()) {
            return Kind.TEXT;
        }
        return percent < 100 - spec.repeatPercent() ? Kind.RANDOM : Kind.REPEAT;
    }

    private static byte[] drawWord(SplitMix random) {
        byte[] word = new byte[MIN_LETTERS + random.below(LETTERS_SPREAD) + 1];
        for (int letter = 0; letter < word.length - 1; letter++) {
            word[letter] = LETTERS[random.below(LETTERS.length)];
        }
        word[word.length - 1] = ' ';
        return word;
    }

    private void writeText(SplitMix random, byte[] page) {
        int at = 0;
        while (at < page.length) {
            byte[] word = vocabulary[drawRank(random.next())];
            int length = Math.min(word.length, page.length - at);
            System.arraycopy(word, 0, page, at, length);
            at += length;
        }
    }

    /** A product of draws: low ranks come more often, as frequent words do. */
    private static int drawRank(long drawn) {
        long rank = VOCABULARY;
        for (int shift = 0; shift < Long.SIZE; shift += Short.SIZE) {
            rank = (rank * ((drawn >>> shift) & 0xFFFF)) >>> Short.SIZE;
        }
        return (int) rank;
    }

    private static void writeRandom(SplitMix random, byte[] page) {
        for (int at = 0; at < page.length; at += Long.BYTES) {
            LONGS.set(page, at, random.next());
        }
    }
}
