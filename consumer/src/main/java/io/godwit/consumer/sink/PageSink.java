package io.godwit.consumer.sink;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The memory of the guest on the target.
 *
 * <p>All pages are zero at first. Calls for the pages of one lane come from one thread, in the order in which the source sent
 * them, already verified; calls for different lanes come from different threads at a time. Blocks go by their number in the
 * manifest, pages by their index in the block; ranges are within the block.
 */
public interface PageSink extends AutoCloseable {
    /** Copies page {@code index} as it stands into {@code output} from {@code outputOffset} on: the base of a delta. */
    void read(int block, long index, byte[] output, int outputOffset) throws IOException;

    /**
     * Replaces pages from {@code index} on.
     *
     * @param pages whole pages from its position to its limit, which the sink may read until it returns; its position is at
     *     its limit afterwards
     */
    void write(int block, long index, ByteBuffer pages) throws IOException;

    /** Makes {@code count} pages from {@code index} on zero; called only where one of them may not be. */
    void writeZero(int block, long index, int count) throws IOException;

    /**
     * Stores a chunk of device state.
     *
     * @param position where the chunk lies in the device state as a whole; 0 drops what was stored before
     */
    void writeDeviceState(long position, byte[] chunk) throws IOException;

    /**
     * Asks whether what was written until now is still of use.
     *
     * @throws IOException if not: nothing more need be written
     */
    default void check() throws IOException {}

    /**
     * Every lane has applied all of a round.
     *
     * @param round counted from 1 in every attempt
     */
    default void endRound(int round) {}

    /**
     * Every lane has ended and is verified, device state is whole: does all that can be done before it is decided whether the
     * guest goes on here. May be called again.
     */
    default void prepare(boolean withDeviceState) throws IOException {}

    /** After {@link #prepare}, the guest goes on here: makes the target usable. May be called again. */
    void complete(boolean withDeviceState) throws IOException;

    @Override
    void close() throws IOException;
}
