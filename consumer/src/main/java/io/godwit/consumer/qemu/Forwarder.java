package io.godwit.consumer.qemu;

import io.godwit.codec.ZeroPage;
import io.godwit.qemu.stream.QemuStreamWriter;
import io.godwit.record.Manifest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends pages to QEMU in a thread of its own, as they come to stand: who writes pages never waits for QEMU, and what is written
 * again before it was sent is sent once.
 *
 * <p>A page's bit is cleared before the page is read (see {@link DirtyPages}), so the last version of a page is sent after its
 * last write, whatever was sent before: QEMU may be sent a torn page, and is sent the whole one later.
 *
 * <p>QEMU's own memory is not all zero at first (it loads ROMs), so pages that were never written are sent as zero, once: after
 * the first round, when most of them will stay so.
 */
final class Forwarder implements AutoCloseable {
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int PING = 1;

    private final QemuStreamWriter writer;
    private final int pageSize;
    private final List<ForwardedBlock> blocks;
    /** Pages that were sent, by block and word. The forwarding thread's own. */
    private final long[][] sent;

    private final byte[] page;
    private final Thread thread = new Thread(this::run, "godwit-forward");
    private final CompletableFuture<Start> start = new CompletableFuture<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    private volatile boolean written;
    private volatile boolean zerosDue;
    /** What follows the last page; null until it is known. */
    private volatile ByteBuffer rest;

    private boolean zerosSent;

    /** @param guestAddresses see {@link QemuStreamWriter#startRamIgnoringShared}; empty where all blocks are forwarded */
    private record Start(byte[] preamble, long[] guestAddresses) {}

    /** @param blocks those that are forwarded */
    Forwarder(QemuStreamWriter writer, Manifest manifest, List<ForwardedBlock> blocks) {
        this.writer = writer;
        this.pageSize = manifest.pageSize();
        this.page = new byte[pageSize];
        this.blocks = List.copyOf(blocks);
        this.sent = new long[blocks.size()][];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = new long[blocks.get(i).dirty().words()];
        }
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Begins to send.
     *
     * @param guestAddresses of the manifest's blocks, where some are left out; empty where all are forwarded
     */
    void begin(byte[] preamble, long[] guestAddresses) {
        start.complete(new Start(preamble, guestAddresses));
    }

    /** Pages of a forwarded block were written. */
    void pagesWritten() {
        written = true;
    }

    /** Most pages that were not written by now will stay zero. */
    void firstRoundApplied() {
        zerosDue = true;
    }

    /**
     * All pages stand as they are to stay: sends what is left of them, and then {@code deviceState}; returns when QEMU has been
     * sent everything.
     *
     * @throws IOException if QEMU does not take it
     */
    void finish(ByteBuffer deviceState) throws IOException {
        rest = deviceState;
        LockSupport.unpark(thread);
        try {
            done.get();
        } catch (ExecutionException e) {
            throw asIoException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the guest was handed to QEMU");
        }
    }

    /** Whether nothing more is sent, because it failed. */
    boolean hasFailed() {
        return done.isCompletedExceptionally();
    }

    /** Stops sending, and waits until nothing is read or sent any more; the channel must be closed before. */
    @Override
    public void close() {
        start.cancel(false);
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Body of the thread. */
    private void run() {
        try {
            begin(start.get());
            forward();
            writer.endRam();
            writer.write(rest);
            writer.flush();
            done.complete(null);
        } catch (InterruptedException e) {
            done.completeExceptionally(new InterruptedIOException("closed"));
        } catch (Exception | InternalError e) {
            done.completeExceptionally(e);
        }
    }

    private void begin(Start how) throws IOException {
        writer.begin(how.preamble(), PING);
        if (how.guestAddresses().length == 0) {
            writer.startRam();
        } else {
            writer.startRamIgnoringShared(how.guestAddresses());
        }
        writer.flush();
    }

    /** Sends pages until all were sent as they are to stay. */
    private void forward() throws IOException, InterruptedException {
        while (true) {
            // Asked before the pages are: none is written any more once it is known.
            boolean last = rest != null;
            boolean some = sendWritten();
            if (!zerosSent && (last || zerosDue)) {
                sendZeros();
                zerosSent = true;
            } else if (last) {
                return;
            } else if (!some) {
                LockSupport.parkNanos(IDLE_NANOS);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }

    private boolean sendWritten() throws IOException {
        if (!written) {
            return false;
        }
        written = false;
        for (int i = 0; i < sent.length; i++) {
            ForwardedBlock block = blocks.get(i);
            for (int word = 0; word < sent[i].length; word++) {
                long bits = block.dirty().take(word);
                sent[i][word] |= bits;
                sendPages(block, word, bits);
            }
        }
        writer.endPart();
        writer.flush();
        return true;
    }

    private void sendPages(ForwardedBlock block, int word, long pages) throws IOException {
        for (long bits = pages; bits != 0; bits &= bits - 1) {
            long index = DirtyPages.firstPage(word) + Long.numberOfTrailingZeros(bits);
            block.pages().read(index, page, 0);
            if (ZeroPage.isZero(page, 0, pageSize)) {
                writer.zero(block.number(), index);
            } else {
                writer.page(block.number(), index, page, 0);
            }
        }
    }

    private void sendZeros() throws IOException {
        for (int i = 0; i < sent.length; i++) {
            ForwardedBlock block = blocks.get(i);
            for (int word = 0; word < sent[i].length; word++) {
                // A page that is being written now has its bit set after that, and is sent again.
                for (long bits = block.dirty().pagesOf(word) & ~sent[i][word]; bits != 0; bits &= bits - 1) {
                    writer.zero(block.number(), DirtyPages.firstPage(word) + Long.numberOfTrailingZeros(bits));
                }
            }
        }
        writer.endPart();
        writer.flush();
    }

    private static IOException asIoException(Throwable failure) {
        return failure instanceof IOException io ? io : new IOException(failure.toString(), failure);
    }
}
