package io.godwit.topic;

import io.godwit.record.Manifest;

/**
 * Lane arithmetic: which lane a page belongs to.
 *
 * <p>A lane never changes within a migration (invariant 1, order), so it depends on nothing but the manifest, the lane
 * count and the stripe size: stripes of all blocks are counted through in manifest order, and dealt to lanes in turn.
 *
 * <pre>
 *   block 0: | stripe 0 | stripe 1 | stripe 2 (short) |   block 1: | stripe 3 | ...
 *   lane:         0          1             0                            1
 * </pre>
 */
public final class Lanes {
    /** Consecutive pages of a block that share a lane. */
    public static final int STRIPE_PAGES = 512;

    public static final int DEFAULT_LANES = 4;
    public static final int MAX_LANES = 1024;

    private final int lanes;
    private final int stripePages;
    private final long[] firstStripe;
    private final int[] blockPages;

    /**
     * @param lanes 1 to {@link #MAX_LANES}
     * @param stripePages pages a stripe, positive
     */
    public Lanes(Manifest manifest, int lanes, int stripePages) {
        if (lanes < 1 || lanes > MAX_LANES) {
            throw new IllegalArgumentException("lane count " + lanes + " is not in 1.." + MAX_LANES);
        }
        if (stripePages < 1) {
            throw new IllegalArgumentException("stripe size " + stripePages + " is not positive");
        }
        this.lanes = lanes;
        this.stripePages = stripePages;
        int blocks = manifest.blocks().size();
        firstStripe = new long[blocks];
        blockPages = new int[blocks];
        long stripes = 0;
        for (int block = 0; block < blocks; block++) {
            firstStripe[block] = stripes;
            blockPages[block] = manifest.pages(block);
            stripes += stripesOf(block);
        }
    }

    public int lanes() {
        return lanes;
    }

    public int stripePages() {
        return stripePages;
    }

    /** Lane of page {@code index} of block number {@code block}; neither is checked. */
    public int laneOf(int block, long index) {
        return (int) ((firstStripe[block] + index / stripePages) % lanes);
    }

    /** Pages of all blocks that belong to {@code lane}. */
    public long pagesOf(int lane) {
        long pages = 0;
        for (int block = 0; block < blockPages.length; block++) {
            long stripes = stripesOf(block);
            for (long stripe = Math.floorMod(lane - firstStripe[block], (long) lanes);
                    stripe < stripes;
                    stripe += lanes) {
                pages += Math.min(stripePages, blockPages[block] - stripe * stripePages);
            }
        }
        return pages;
    }

    private long stripesOf(int block) {
        return (blockPages[block] + (long) stripePages - 1) / stripePages;
    }
}
