package io.godwit.producer.precopy;

import java.nio.ByteBuffer;

/**
 * Takes a guest's pages from its source, in the order in which they are to be applied.
 *
 * <p>The source drives, from one thread, and every call blocks for as long as the sink has no room: back-pressure reaches
 * the source as a call that takes long. Nothing that is passed is kept: bytes are copied before a call returns.
 *
 * <p>Every call throws {@link SinkClosedException} once nothing is taken any more, and {@link InterruptedException} when
 * the calling thread is interrupted.
 */
public interface PageSink {
    /**
     * Takes a page.
     *
     * @param block the block's place in the manifest
     * @param index the page's number in its block
     * @param memory holds the page from absolute index {@code position} on; its position does not move. The guest may write
     *     there meanwhile: what is taken is then any mix of old and new, and the page has to be passed again
     * @return whether the page carries bytes; false for a page of zeros
     */
    boolean page(int block, int index, ByteBuffer memory, int position)
            throws SinkClosedException, InterruptedException;

    /** Takes {@code count} pages of zeros from page {@code first} on. */
    void zeroPages(int block, int first, int count) throws SinkClosedException, InterruptedException;

    /** The round's pages have all been passed. The first round is number 1, and passes every page of every block. */
    void endRound() throws SinkClosedException, InterruptedException;

    /** Looks whether anything is taken still, for a source that has nothing to pass at the moment. */
    void checkOpen() throws SinkClosedException;

    /** Waits until all that was passed is stored safely, and carried on to where targets read it as far as that goes. */
    void awaitCarried() throws SinkClosedException, InterruptedException;

    /**
     * The same for a round that was ended before, on a thread of its own while others are passed. One thread at a time.
     *
     * @param round from 1
     */
    void awaitCarried(int round) throws SinkClosedException, InterruptedException;

    /**
     * Takes a chunk of what the hypervisor sends after RAM.
     *
     * @param chunk at most {@link io.godwit.record.StreamBody.DeviceState#MAX_BYTES}; belongs to the sink from now on
     * @param last whether it is the last one
     */
    void deviceState(byte[] chunk, boolean last) throws SinkClosedException, InterruptedException;
}
