package io.godwit.producer.publish;

import io.godwit.payload.PayloadCodec;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import io.godwit.topic.Lanes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * Runs what is done to every page on drawn pages, before the guest is touched: a migration takes seconds, and would spend
 * them in cold code. A thread of its own, beside what the agent asks Kafka first.
 */
public final class WarmUp {
    private static final Duration LIMIT = Duration.ofMillis(300);
    private static final int BATCHES = 2000;
    private static final int PAGES = 64;
    private static final int PAGE_SIZE = Manifest.DEFAULT_PAGE_SIZE;
    /** Bytes of a page that repeat, so that there is something to compress. */
    private static final int REPEATED = 64;

    private final Thread thread = new Thread(WarmUp::run, "godwit-warm-up");

    private WarmUp() {}

    /** Begins. */
    public static WarmUp start() {
        WarmUp warmUp = new WarmUp();
        warmUp.thread.setDaemon(true);
        warmUp.thread.start();
        return warmUp;
    }

    /** Waits for the end, which comes within the limit. */
    public void join() throws InterruptedException {
        thread.join();
    }

    private static void run() {
        long end = System.nanoTime() + LIMIT.toNanos();
        Manifest manifest = new Manifest(PAGE_SIZE, List.of(new RamBlock("warm-up", (long) PAGES * PAGE_SIZE)));
        PipelineConfig config = new PipelineConfig(
                "warm-up", 1, manifest, new Lanes(manifest, 1, Lanes.STRIPE_PAGES), 1, PAGES * PAGE_SIZE, 1);
        LaneEncoder encoder = new LaneEncoder(config, 0, new PageHashes(manifest), new SendCounters());
        OpenBatch batch = new OpenBatch(PAGE_SIZE, PAGES);
        byte[] scratch = new byte[PayloadCodec.maxCompressedLength(PAGES * PAGE_SIZE)];
        ByteBuffer memory = memory();
        try (PayloadCodec codec = new PayloadCodec()) {
            for (int i = 0; i < BATCHES && System.nanoTime() < end; i++) {
                batch.begin(0);
                for (int page = 0; page < PAGES - 1; page++) {
                    batch.copy(page, memory, page * PAGE_SIZE, true);
                }
                batch.addZeros(PAGES - 1, 1, true);
                encoder.encode(batch, 1, codec, scratch);
            }
        }
    }

    private static ByteBuffer memory() {
        byte[] drawn = new byte[PAGES * PAGE_SIZE];
        new Random(1).nextBytes(drawn);
        for (int at = 0; at + REPEATED < drawn.length / 2; at += REPEATED) {
            System.arraycopy(drawn, 0, drawn, at, REPEATED);
        }
        return ByteBuffer.allocateDirect(drawn.length).put(drawn).flip();
    }
}
