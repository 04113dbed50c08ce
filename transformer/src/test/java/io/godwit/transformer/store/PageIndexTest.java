package io.godwit.transformer.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PageIndexTest {
    private static final int KEYS = 600;

    private final Random random = new Random(7);
    private final PageIndex index = new PageIndex();

    /** The oracle: the keys by frame. */
    private final List<Long> keys = new ArrayList<>();

    @Test
    void everyKeyIsFoundInItsFrameAfterAnyChanges() {
        for (int step = 0; step < 20_000; step++) {
            // Keys that share their low bits: they pile up in neighbouring slots.
            change(((long) random.nextInt(KEYS)) << 32);
            if (step % 100 == 0) {
                assertAllFound();
            }
        }
        assertAllFound();
    }

    @Test
    void trimmingGivesMemoryBackAndKeepsWhatIsThere() {
        for (long key = 0; key < 10_000; key++) {
            keys.add(key);
            index.append(key);
        }
        long full = index.heapBytes();
        while (keys.size() > 50) {
            removeFrame(random.nextInt(keys.size()));
        }

        index.trim();

        assertThat(index.heapBytes()).isLessThan(full / 50);
        assertAllFound();
    }

    private void change(long key) {
        int frame = index.find(key);
        assertThat(frame).isEqualTo(keys.indexOf(key));
        if (frame != PageIndex.NONE) {
            removeFrame(frame);
        } else if (!keys.isEmpty() && random.nextInt(4) == 0) {
            int replaced = random.nextInt(keys.size());
            index.replace(replaced, key);
            keys.set(replaced, key);
        } else {
            assertThat(index.append(key)).isEqualTo(keys.size());
            keys.add(key);
        }
    }

    private void removeFrame(int frame) {
        int last = keys.size() - 1;
        assertThat(index.removeAndMoveLast(frame)).isEqualTo(last);
        keys.set(frame, keys.get(last));
        keys.remove(last);
    }

    private void assertAllFound() {
        assertThat(index.size()).isEqualTo(keys.size());
        for (int frame = 0; frame < keys.size(); frame++) {
            assertThat(index.key(frame)).isEqualTo(keys.get(frame));
            assertThat(index.find(keys.get(frame))).isEqualTo(frame);
        }
    }
}
