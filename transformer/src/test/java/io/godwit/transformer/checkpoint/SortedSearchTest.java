package io.godwit.transformer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SortedSearchTest {
    @Test
    void theLastPlaceThatIsNotAboveIsFoundHoweverNumbersAreSpread() {
        Random random = new Random(1);
        LongUnaryOperator even = i -> random.nextLong() >>> 1;
        LongUnaryOperator crowded = i -> random.nextInt(50);
        LongUnaryOperator atTheEnds =
                i -> random.nextBoolean() ? random.nextInt(9) : Long.MAX_VALUE - random.nextInt(9);
        LongUnaryOperator growing = i -> 1L << Math.min(i, 62);
        for (int size = 1; size < 200; size++) {
            for (LongUnaryOperator numbers : new LongUnaryOperator[] {even, crowded, atTheEnds, growing}) {
                compare(LongStream.range(0, size).map(numbers).sorted().toArray(), random);
            }
        }
    }

    @Test
    void nothingIsFoundInNothing() {
        assertThat(SortedSearch.floor(new long[0], 0, 0, 5)).isEqualTo(-1);
    }

    private static void compare(long[] sorted, Random random) {
        TreeMap<Long, Integer> oracle = new TreeMap<>();
        for (int place = 0; place < sorted.length; place++) {
            oracle.put(sorted[place], place);
        }
        long low = sorted[0];
        long high = sorted[sorted.length - 1];
        for (int turn = 0; turn < 60; turn++) {
            long near = sorted[random.nextInt(sorted.length)] + random.nextInt(3) - 1;
            long key = turn % 3 == 0 ? random.nextLong() >>> 1 : Math.max(0, near);
            Integer expected = oracle.floorEntry(key) == null
                    ? Integer.valueOf(-1)
                    : oracle.floorEntry(key).getValue();
            int found = SortedSearch.floor(sorted, low, high, key);
            assertThat(found).as("%d in %s", key, Arrays.toString(sorted)).isEqualTo(expected);
        }
    }
}
