package io.godwit.producer.precopy;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirtyBitmapTest {
    private static final VarHandle PLAIN = MethodHandles.arrayElementVarHandle(long[].class);

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 128, 1000})
    void markAllMarksEveryPageAndNoMore(int pages) {
        DirtyBitmap bitmap = new DirtyBitmap(pages);
        bitmap.markAll();

        assertThat(bitmap.count()).isEqualTo(pages);
        assertThat(bitmap.words()).isEqualTo((pages + 63) / 64);
    }

    @Test
    void takeReturnsTheMarkedPagesOnce() {
        DirtyBitmap bitmap = new DirtyBitmap(200);
        bitmap.mark(64);
        bitmap.mark(127);
        bitmap.mark(127);

        assertThat(bitmap.count()).isEqualTo(2);
        assertThat(bitmap.take(0)).isZero();
        assertThat(bitmap.take(1)).isEqualTo(1L | 1L << 63);
        assertThat(bitmap.take(1)).isZero();
        assertThat(bitmap.count()).isZero();
    }

    /** The rule of DirtyMemory, under load: write then mark, take then read, loses no write. */
    @Test
    void noWriteIsLostBetweenThreadsThatWriteAndOneThatTakes() throws Exception {
        int pages = 128;
        int writers = 2;
        long[] memory = new long[pages * writers];
        long[] copy = new long[memory.length];
        DirtyBitmap bitmap = new DirtyBitmap(pages);
        List<Thread> threads = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
            threads.add(startWriter(memory, writer * pages, pages, bitmap, new Random(writer)));
        }
        while (threads.stream().anyMatch(Thread::isAlive)) {
            copyDirty(bitmap, memory, copy, pages);
        }
        copyDirty(bitmap, memory, copy, pages);

        assertThat(copy).isEqualTo(memory);
    }

    private static Thread startWriter(long[] memory, int base, int pages, DirtyBitmap bitmap, Random random) {
        Thread thread = new Thread(() -> {
            for (int write = 0; write < 300_000; write++) {
                int page = random.nextInt(pages);
                // Plain, as a guest's stores are; through a handle, so that the loop keeps them.
                PLAIN.set(memory, base + page, (long) PLAIN.get(memory, base + page) + 1);
                bitmap.mark(page);
            }
        });
        thread.start();
        return thread;
    }

    private static void copyDirty(DirtyBitmap bitmap, long[] memory, long[] copy, int pages) {
        for (int word = 0; word < bitmap.words(); word++) {
            long bits = bitmap.take(word);
            for (int bit = 0; bit < Long.SIZE; bit++) {
                if ((bits >>> bit & 1) != 0) {
                    int page = word * Long.SIZE + bit;
                    for (int at = page; at < memory.length; at += pages) {
                        copy[at] = memory[at];
                    }
                }
            }
        }
    }
}
