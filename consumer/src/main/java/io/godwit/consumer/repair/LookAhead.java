package io.godwit.consumer.repair;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What was fetched of one partition and not asked for yet, in the order of offsets. One thread. */
final class LookAhead {
    /** Records that are rather read over than sought past, which costs a round trip and what was fetched already. */
    private static final int READ_OVER = 64;

    private static final long UNKNOWN = -1;

    private final Deque<ConsumerRecord<String, ByteBuffer>> records = new ArrayDeque<>();
    /** Offset that the consumer goes on at; {@link #UNKNOWN} where it has to be told. */
    private long next = UNKNOWN;

    private long bytes;

    /** Whether {@code offset} is among the records, or will soon be polled. */
    boolean reaches(long offset) {
        long first = records.isEmpty() ? next : records.getFirst().offset();
        return next != UNKNOWN && offset >= first && offset <= next + READ_OVER;
    }

    /** The consumer goes on at {@code offset}. */
    void restart(long offset) {
        forget();
        next = offset;
    }

    /** Drops everything: the consumer has to be told where to go on. */
    void forget() {
        records.clear();
        bytes = 0;
        next = UNKNOWN;
    }

    /** Adds what was polled. */
    void add(List<ConsumerRecord<String, ByteBuffer>> polled) {
        for (ConsumerRecord<String, ByteBuffer> record : polled) {
            records.addLast(record);
            bytes += Math.max(0, record.serializedValueSize());
            next = record.offset() + 1;
        }
    }

    void dropBefore(long offset) {
        while (!records.isEmpty() && records.getFirst().offset() < offset) {
            bytes -= Math.max(0, records.removeFirst().serializedValueSize());
        }
    }

    /** The first record; null where there is none. */
    ConsumerRecord<String, ByteBuffer> peek() {
        return records.peekFirst();
    }

    long bytes() {
        return bytes;
    }
}
