package io.godwit.producer.publish;

import io.godwit.producer.precopy.SinkClosedException;
import io.godwit.record.Manifest;
import io.godwit.record.RamBlock;
import io.godwit.topic.Lanes;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes drawn pages through a pipeline that ends in nothing, before the guest is touched: a migration takes seconds, and
 * would spend them in cold code. A thread of its own, beside what the agent asks Kafka first.
 */
public final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final Duration LIMIT = Duration.ofMillis(300);
    private static final int PAGE_SIZE = Manifest.DEFAULT_PAGE_SIZE;
    /** Pages of the drawn memory, passed again and again; three of four carry bytes. */
    private static final int PAGES = 2048;

    private static final int KINDS = 4;
    private static final int LETTERS = 16;
    private static final int BATCH_BYTES = 4 << 20;

    private final Thread thread = new Thread(WarmUp::run, "godwit-warm-up");

    private WarmUp() {}

    /** Begins. */
    public static WarmUp start() {
        WarmUp warmUp = new WarmUp();
        warmUp.thread.setDaemon(true);
        warmUp.thread.start();
        return warmUp;
    }

    /** Waits for the end, which comes within the limit, but for the time that loading classes takes. */
    public void join() throws InterruptedException {
        thread.join();
    }

    private static void run() {
        Manifest manifest = new Manifest(PAGE_SIZE, List.of(new RamBlock("warm-up", (long) PAGES * PAGE_SIZE)));
        int cores = Runtime.getRuntime().availableProcessors();
        Lanes lanes = new Lanes(manifest, Lanes.DEFAULT_LANES, Lanes.STRIPE_PAGES);
        PipelineConfig config = new PipelineConfig("warm-up", 1, manifest, lanes, 1, BATCH_BYTES, cores);
        ByteBuffer memory = drawMemory();
        long end = System.nanoTime() + LIMIT.toNanos();
        try (PagePipeline pipeline = PagePipeline.toNowhere(config)) {
            pipeline.start();
            while (System.nanoTime() < end) {
                for (int page = 0; page < PAGES; page++) {
                    pipeline.page(0, page, memory, page * PAGE_SIZE);
                }
                pipeline.endRound();
            }
            pipeline.awaitCarried();
        } catch (SinkClosedException e) {
            // Whatever it is, it will show where it matters.
            LOG.debug("No warm-up", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Zeros, letters, and noise, by turns. */
    private static ByteBuffer drawMemory() {
        Random random = new Random(1);
        ByteBuffer memory = ByteBuffer.allocateDirect(PAGES * PAGE_SIZE);
        byte[] page = new byte[PAGE_SIZE];
        for (int index = 0; index < PAGES; index++) {
            if (index % KINDS != 0) {
                random.nextBytes(page);
            }
            if (index % KINDS == 1) {
                for (int at = 0; at < PAGE_SIZE; at++) {
                    page[at] = (byte) ('a' + Math.floorMod(page[at], LETTERS));
                }
            }
            memory.put(index * PAGE_SIZE, index % KINDS == 0 ? new byte[PAGE_SIZE] : page);
        }
        return memory;
    }
}
