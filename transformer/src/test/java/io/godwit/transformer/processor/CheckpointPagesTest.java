package io.godwit.transformer.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.godwit.hash.PageDigest;
import io.godwit.hash.PageHash;
import io.godwit.payload.PayloadCodec;
import io.godwit.payload.PayloadCompression;
import io.godwit.record.CheckpointChunk;
import io.godwit.record.PageBatch;
import io.godwit.record.PageEncoding;
import io.godwit.record.PageRuns;
import io.godwit.transformer.checkpoint.CheckpointIndexStore;
import io.godwit.transformer.checkpoint.CheckpointIndexStoreBuilder;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CheckpointPagesTest {
    private static final int PAGE = 4096;
    private static final int PAGES = 64;
    private static final int WARM_UP = 300;
    private static final int CALLS = 2_000;
    private static final String CHECKPOINT = "a".repeat(64);

    private final byte[] memory = new byte[PAGES * PAGE];
    private final CheckpointIndexStore index = new CheckpointIndexStoreBuilder("index", 1 << 20).build();
    private final BatchWork work = new BatchWork();

    CheckpointPagesTest() {
        new SplittableRandom(1).nextBytes(memory);
        byte[] digest = new byte[PageDigest.BYTES];
        // In the middle of a run: it is taken apart.
        new PageDigest().digest(memory, 7 * PAGE, PAGE, digest, 0);
        index.put(new CheckpointChunk(CHECKPOINT, PAGE, 0, 1, digest));
    }

    @Test
    void nothingIsAllocatedAPage() throws Exception {
        PageBatch batch = batch();
        CheckpointPages pages = new CheckpointPages(index);
        try (PayloadCodec codec = new PayloadCodec()) {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long before = 0;
            for (int call = -WARM_UP; call < CALLS; call++) {
                if (call == 0) {
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                work.open(batch, codec);
                pages.refine(work, List.of(CHECKPOINT));
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;

            assertThat(work.runs().size()).isEqualTo(3);
            // Any object has 16 bytes.
            assertThat(allocated).isLessThan(16L * CALLS * PAGES);
        }
    }

    private PageBatch batch() {
        long checksum = 0;
        for (int page = 0; page < PAGES; page++) {
            checksum += PageHash.ofNonZero(memory, page * PAGE, PAGE, 0, page);
        }
        PageRuns runs = new PageRuns(1);
        runs.add(0, PAGES, PageEncoding.NORMAL, memory.length, checksum);
        return new PageBatch(1, 0, runs, 0, 0, PayloadCompression.NONE, memory, 0, memory.length);
    }
}
