package io.godwit.producer.precopy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
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
 * After each round, and once more after the pause, a sync finds what was written; its time is part of the downtime.
 *
 * <p>A guest that dirties memory faster than the pipe takes it would never get there: {@link AutoConverge} throttles it where
 * that is wanted and possible. Where it is not, or where even that is not enough, rounds go on until the migration is
 * stopped, and {@link PrecopyState#outrun} says so: what else could be done, a longer pause than was allowed, is the
 * operator's choice.
 *
 * <p>After {@link #migrate} the guest stands still; when it throws, the guest may stand still or not, and runs unthrottled
 * once it is resumed. Used by one thread, once.
 */
public final class Precopy {
    /** Rounds before the time that a sync takes is believed: the first ones run on cold code. */
    static final int SYNC_TRIES = 3;

    private final DirtyMemory memory;
    private final PrecopySettings settings;
    private final PrecopyListener listener;
    private final LongSupplier nanoClock;
    private final int pageSize;
    private final AutoConverge autoConverge = new AutoConverge();
    private final PipeRate rate = new PipeRate();

    private int round;
    private long syncNanos;
    private long fastestSyncNanos = Long.MAX_VALUE;
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
     * @throws GuestException if the guest cannot be paused, or not for as short as it should be
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
            // A guest whose migration was stopped meanwhile need not be paused at all.
            sink.checkOpen();
            // Told before: a guest that takes its time to pause may stand still for most of that.
            listener.changed(state(dirtyPages(), true));
            memory.pause();
            memory.sync();
            if (dirtyPages() > 0) {
                sendRound(sink, true);
            }
        } finally {
            memory.throttle(0);
        }
    }

    /** Sends a round while the guest runs; returns whether what it dirtied meanwhile fits the downtime limit. */
    private boolean sendLiveRound(PageSink sink) throws IOException, SinkClosedException, InterruptedException {
        long start = nanoClock.getAsLong();
        long sentBytes = sendRound(sink, false) * pageSize;
        sink.awaitCarried();
        long stored = nanoClock.getAsLong();
        sync();
        long dirtyBytes = dirtyPages() * pageSize;
        rate.measured(sentBytes, Math.max(1, stored - start));
        dirtyBytesPerSecond = (long) (dirtyBytes * 1e9 / Math.max(1, stored + syncNanos - start));
        // The guest stands still for one sync more.
        Duration left = settings.downtimeLimit().minusNanos(syncNanos);
        if (!left.isNegative() && rate.fits(dirtyBytes, left)) {
            return true;
        }
        checkSyncFits();
        autoConverge.roundEnded(sentBytes, dirtyBytes);
        return false;
    }

    private void sync() throws IOException, InterruptedException {
        long start = nanoClock.getAsLong();
        memory.sync();
        syncNanos = nanoClock.getAsLong() - start;
        fastestSyncNanos = Math.min(fastestSyncNanos, syncNanos);
    }

    /** A sync that outlasts the downtime limit by itself would let rounds go on for ever. */
    private void checkSyncFits() throws GuestException {
        if (round >= SYNC_TRIES && fastestSyncNanos >= settings.downtimeLimit().toNanos()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(fastestSyncNanos);
            throw new GuestException("finding the pages that have changed takes " + millis + " ms, and the guest may be"
                    + " paused for " + settings.downtimeLimit().toMillis() + " ms only: give it a --downtime-limit of "
                    + 2 * millis + " or more");
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
