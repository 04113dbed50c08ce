package io.godwit.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ContentHashTest {
    private final ContentHash hash = new ContentHash(1);

    @Test
    void everyChangedBitOfAPageChangesTheHash() {
        byte[] page = new byte[4096];
        new Random(1).nextBytes(page);
        Set<Long> hashes = new HashSet<>(Set.of(hash.of(page, 0, page.length)));
        for (int bit = 0; bit < page.length * Byte.SIZE; bit++) {
            page[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            hashes.add(hash.of(page, 0, page.length));
            page[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        }

        assertThat(hashes).hasSize(page.length * Byte.SIZE + 1);
    }

    @Test
    void theSameBytesHaveTheSameHashWhereverTheyLieAndAnotherUnderAnotherSeed() {
        byte[] bytes = new byte[1024];
        new Random(2).nextBytes(bytes);
        System.arraycopy(bytes, 0, bytes, 512, 512);

        assertThat(hash.of(bytes, 512, 512)).isEqualTo(hash.of(bytes, 0, 512));
        assertThat(new ContentHash(2).of(bytes, 0, 512)).isNotEqualTo(hash.of(bytes, 0, 512));
    }

    @Test
    void aRangeOutsideOfTheArrayIsRefused() {
        assertThatThrownBy(() -> hash.of(new byte[512], 1, 512)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
