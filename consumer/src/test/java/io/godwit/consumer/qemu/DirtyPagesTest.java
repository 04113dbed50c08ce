package io.godwit.consumer.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DirtyPagesTest {
    private static final int PAGES = 1000;

    @Test
    void givesEachPageThatWasSetOnce() {
        Random random = new Random(3);
        DirtyPages dirty = new DirtyPages(PAGES);
        for (int round = 0; round < 200; round++) {
            BitSet expected = new BitSet();
            for (int i = random.nextInt(20); i > 0; i--) {
                int first = random.nextInt(PAGES);
                int count = 1 + random.nextInt(Math.min(200, PAGES - first));
                dirty.set(first, count);
                expected.set(first, first + count);
            }
            assertThat(take(dirty)).isEqualTo(expected);
            assertThat(take(dirty).isEmpty()).isTrue();
        }
    }

    @Test
    void setsAllPagesAndNoneBeyond() {
        DirtyPages dirty = new DirtyPages(PAGES);
        dirty.setAll();

        assertThat(take(dirty).cardinality()).isEqualTo(PAGES);
    }

    private static BitSet take(DirtyPages dirty) {
        BitSet taken = new BitSet();
        for (int word = 0; word < dirty.words(); word++) {
            for (long bits = dirty.take(word); bits != 0; bits &= bits - 1) {
                taken.set((int) DirtyPages.firstPage(word) + Long.numberOfTrailingZeros(bits));
            }
        }
        return taken;
    }
}
