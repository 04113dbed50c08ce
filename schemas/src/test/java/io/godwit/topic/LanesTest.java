package io.godwit.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class LanesTest {
    @Test
    void everyPageHasOneLaneAndTheLanesHaveAllPages() {
        for (int seed = 0; seed < 200; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            Manifest manifest = manifest(random);
            Lanes lanes = new Lanes(manifest, random.nextInt(1, 9), random.nextInt(1, 700));
            long[] counted = new long[lanes.lanes()];
            for (int block = 0; block < manifest.blocks().size(); block++) {
                for (int page = 0; page < manifest.pages(block); page++) {
                    counted[lanes.laneOf(block, page)]++;
                }
            }

            for (int lane = 0; lane < lanes.lanes(); lane++) {
                assertThat(lanes.pagesOf(lane))
                        .as("seed " + seed + ", lane " + lane)
                        .isEqualTo(counted[lane]);
            }
        }
    }

    @Test
    void pagesOfAStripeShareALaneAndTheNextStripeHasTheNextLane() {
        for (int seed = 0; seed < 50; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            Manifest manifest = manifest(random);
            Lanes lanes = new Lanes(manifest, random.nextInt(1, 9), random.nextInt(1, 700));
            int expected = 0;
            for (int block = 0; block < manifest.blocks().size(); block++) {
                int stripe = 0;
                for (int page = 0; page < manifest.pages(block); page++) {
                    if (page > 0 && page % lanes.stripePages() == 0) {
                        stripe++;
                    }
                    assertThat(lanes.laneOf(block, page))
                            .as("seed " + seed + ", block " + block + ", page " + page)
                            .isEqualTo((expected + stripe) % lanes.lanes());
                }
                expected += stripe + 1;
            }
        }
    }

    @Test
    void pagesOfTheLargestBlockAreCounted() {
        Manifest manifest = new Manifest(4096, List.of(new RamBlock("huge", Manifest.MAX_BLOCK_PAGES * 4096)));
        Lanes lanes = new Lanes(manifest, 3, 512);

        assertThat(lanes.pagesOf(0) + lanes.pagesOf(1) + lanes.pagesOf(2)).isEqualTo(Manifest.MAX_BLOCK_PAGES);
        // 4194303 whole stripes and one of 503 pages: the last one is lane 4194303 % 3 = 0's.
        assertThat(lanes.laneOf(0, Manifest.MAX_BLOCK_PAGES - 1)).isZero();
        assertThat(lanes.pagesOf(0)).isEqualTo(1_398_101L * 512 + 503);
    }

    @Test
    void aLaneMayHaveNoPages() {
        Lanes lanes = new Lanes(new Manifest(4096, List.of(new RamBlock("one page", 4096))), 4, 512);

        assertThat(lanes.pagesOf(0)).isEqualTo(1);
        assertThat(lanes.pagesOf(3)).isZero();
    }

    @Test
    void laneCountAndStripeSizeAreChecked() {
        Manifest manifest = new Manifest(4096, List.of(new RamBlock("a", 4096)));
        assertThatThrownBy(() -> new Lanes(manifest, 0, 512)).hasMessage("lane count 0 is not in 1..1024");
        assertThatThrownBy(() -> new Lanes(manifest, 1025, 512)).hasMessage("lane count 1025 is not in 1..1024");
        assertThatThrownBy(() -> new Lanes(manifest, 1, 0)).hasMessage("stripe size 0 is not positive");
    }

    private static Manifest manifest(RandomGenerator random) {
        List<RamBlock> blocks = new ArrayList<>();
        for (int block = random.nextInt(1, 6); block > 0; block--) {
            blocks.add(new RamBlock("block " + block, 512L * random.nextInt(1, 5000)));
        }
        return new Manifest(512, blocks);
    }
}
