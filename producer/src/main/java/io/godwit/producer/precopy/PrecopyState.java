package io.godwit.producer.precopy;

/**
 * Where precopy stands, as of the last time it told.
 *
 * @param round the round that is being sent, from 1
 * @param roundPages pages that were dirty when it began
 * @param bytesPerSecond bytes of pages that were stored per second, measured over whole rounds; 0 before the first ended
 * @param dirtyBytesPerSecond bytes of pages that the guest dirtied per second during the round before; 0 in the first
 * @param throttlePercent what is taken from the guest's running time
 * @param outrun whether the guest dirties memory faster than precopy can shrink the rest
 * @param paused whether the guest stands still for its last pages
 */
public record PrecopyState(
        int round,
        long roundPages,
        long bytesPerSecond,
        long dirtyBytesPerSecond,
        int throttlePercent,
        boolean outrun,
        boolean paused) {
    /** Before the first round. */
    public static final PrecopyState INITIAL = new PrecopyState(0, 0, 0, 0, 0, false, false);
}
