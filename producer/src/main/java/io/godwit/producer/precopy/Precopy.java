package io.godwit.producer.precopy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * Drives memory whose dirty pages are known into a sink, in rounds.
 *
 * <pre>
 *   round 1         every page
 *   round 2, 3 ...  what was written since, until what is left fits the downtime limit at the measured rate
 *   last round      the guest is paused, what is left is sent (stop-and-copy); none if nothing is left
 * </pre>
 *
 * A guest that dirties memory faster than the pipe takes it would never get there: {@link AutoConverge} throttles it where
 * that is wanted and possible. Where it is not, or where even that is not enough, rounds go on until the migration is
 * stopped, and {@link PrecopyState#outrun} says so: what else could be done, a longer pause than was allowed, is the
 * operator's choice.
 *
 * <p>After {@link #migrate} the guest stands still; when it throws, the guest may stand still or not, and runs unthrottled
 * once it is resumed. Used by one thread, once.
 */
public final class Precopy {
    private final DirtyMemory memory;
    private final PrecopySettings settings;
    private final PrecopyListener listener;
    private final LongSupplier nanoClock;
    private final int pageSize;
    private final AutoConverge autoConverge = new AutoConverge();
    private final PipeRate rate = new PipeRate();

    private int round;
    private long dirtyBytesPerSecond;

    /** @param nanoClock as {@link System#nanoTime} */
    public Precopy(DirtyMemory memory, PrecopySettings settings, PrecopyListener listener, LongSupplier nanoClock) {
        this.memory = memory;
        this.settings = settings;
        this.listener = listener;
        this.nanoClock = nanoClock;
        pageSize = memory.manifest().pageSize();
    }

    /**
     * Sends the guest's memory to {@code sink}, all rounds of it.
     *
     * @throws IOException if the memory cannot be read
     * @throws SinkClosedException if the sink was closed before everything was sent
     */
    public void migrate(PageSink sink) throws IOException, SinkClosedException, InterruptedException {
        for (int block = 0; block < memory.manifest().blocks().size(); block++) {
            memory.dirty(block).markAll();
        }
        if (!memory.isLive()) {
            sendRound(sink, false);
            return;
        }
        try {
            while (!sendLiveRound(sink)) {
                memory.throttle(throttlePercent());
            }
            memory.pause();
            sendLastRound(sink);
        } finally {
            memory.throttle(0);
        }
    }

    /** Sends a round while the guest runs; returns whether what it dirtied meanwhile fits the downtime limit. */
    private boolean sendLiveRound(PageSink sink) throws IOException, SinkClosedException, InterruptedException {
        long start = nanoClock.getAsLong();
        long sentBytes = sendRound(sink, false) * pageSize;
        sink.awaitCarried();
        long nanos = Math.max(1, nanoClock.getAsLong() - start);
        long dirtyBytes = dirtyPages() * pageSize;
        rate.measured(sentBytes, nanos);
        dirtyBytesPerSecond = (long) (dirtyBytes * 1e9 / nanos);
        if (rate.fits(dirtyBytes, settings.downtimeLimit())) {
            return true;
        }
        autoConverge.roundEnded(sentBytes, dirtyBytes);
        return false;
    }

    private void sendLastRound(PageSink sink) throws IOException, SinkClosedException, InterruptedException {
        if (dirtyPages() == 0) {
            listener.changed(state(0, true));
        } else {
            sendRound(sink, true);
        }
    }

    /** Sends what is dirty; returns the pages that carried bytes. */
    private long sendRound(PageSink sink, boolean paused)
            throws IOException, SinkClosedException, InterruptedException {
        round++;
        listener.changed(state(dirtyPages(), paused));
        long carried = 0;
        for (int block = 0; block < memory.manifest().blocks().size(); block++) {
            DirtyBitmap dirty = memory.dirty(block);
            for (int word = 0; word < dirty.words(); word++) {
                long bits = dirty.take(word);
                if (bits != 0) {
                    carried += sendPages(sink, block, word * DirtyBitmap.WORD_PAGES, bits);
                }
            }
        }
        sink.endRound();
        return carried;
    }

    /** Sends the pages {@code base} + i for every bit i that is set; returns those that carried bytes. */
    private int sendPages(PageSink sink, int block, int base, long bits)
            throws IOException, SinkClosedException, InterruptedException {
        int carried = 0;
        long rest = bits;
        while (rest != 0) {
            int first = Long.numberOfTrailingZeros(rest);
            int count = Long.numberOfTrailingZeros(~(rest >>> first));
            ByteBuffer view = memory.view(block, base + first, count);
            int position = view.position();
            for (int page = 0; page < count; page++) {
                if (sink.page(block, base + first + page, view, position + page * pageSize)) {
                    carried++;
                }
            }
            int end = first + count;
            rest = end == Long.SIZE ? 0 : rest & (-1L << end);
        }
        return carried;
    }

    private long dirtyPages() {
        long pages = 0;
        for (int block = 0; block < memory.manifest().blocks().size(); block++) {
            pages += memory.dirty(block).count();
        }
        return pages;
    }

    private int throttlePercent() {
        return settings.autoConverge() && memory.isThrottleable() ? autoConverge.throttlePercent() : 0;
    }

    private PrecopyState state(long roundPages, boolean paused) {
        return new PrecopyState(
                round,
                roundPages,
                rate.bytesPerSecond(),
                dirtyBytesPerSecond,
                throttlePercent(),
                autoConverge.isOutrun(),
                paused);
    }
}
