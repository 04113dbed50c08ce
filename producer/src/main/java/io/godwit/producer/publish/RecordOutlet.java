package io.godwit.producer.publish;

/** Where encoded records go. Any thread may call it. */
@FunctionalInterface
interface RecordOutlet {
    /** Sends a record of {@code lane} that {@link InFlight#add} was told of, and tells {@link InFlight} once it is stored. */
    void send(LaneEncoder lane, byte[] value) throws InterruptedException;
}
