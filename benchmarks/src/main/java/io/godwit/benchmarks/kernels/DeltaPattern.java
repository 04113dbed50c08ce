package io.godwit.benchmarks.kernels;

import java.util.random.RandomGenerator;

/** How pages differ from their bases; the names say what changed. */
public enum DeltaPattern {
    SCATTERED_16_BYTES(16, 1),
    ONE_RUN_OF_1000(1, 1000),
    SCATTERED_64_WORDS(64, Long.BYTES),
    SCATTERED_400_BYTES(400, 1);

    private final int changes;
    private final int length;

    DeltaPattern(int changes, int length) {
        this.changes = changes;
        this.length = length;
    }

    void change(byte[] page, RandomGenerator random) {
        for (int change = 0; change < changes; change++) {
            int from = length * random.nextInt(page.length / length);
            for (int at = from; at < from + length; at++) {
                page[at] += (byte) (1 + random.nextInt(100));
            }
        }
    }
}
