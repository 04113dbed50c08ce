package io.godwit.consumer.repair;

import io.godwit.client.ClusterRefusal;
import io.godwit.client.MissingRightException;
import io.godwit.consumer.apply.LostRecordException;
import io.godwit.consumer.apply.OriginalRecords;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.Origin;
import io.godwit.record.PageBatch;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.topic.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/**
 * Reads ingress records a second time, by their offsets, with a consumer that is made for the first of them.
 *
 * <p>What was fetched ahead is kept, a few megabytes: whoever needs every record of a lane reads the ingress from one end to the
 * other, and does not ask Kafka for each.
 *
 * <p>One thread, so that one lane's thread does not wait for another's.
 */
public final class IngressRecords implements OriginalRecords {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration CLOSE = Duration.ofSeconds(1);
    /** Most that is kept of what was fetched ahead, of all partitions together, but for one poll's. */
    private static final long MAX_AHEAD_BYTES = 16 << 20;

    private final Supplier<? extends Consumer<String, ByteBuffer>> newConsumer;
    private final Duration patience;
    private final LongSupplier nanoClock;
    private final StreamRecordDecoder decoder;
    private final Map<TopicPartition, LookAhead> aheads = new HashMap<>();
    /** Null before the first record. */
    private Consumer<String, ByteBuffer> consumer;

    /**
     * @param newConsumer makes a consumer that is assigned partitions and seeks by itself; closed with this
     * @param decoder of the ingress's records
     * @param patience how long Kafka may give nothing of a record that is there
     * @param nanoClock as {@link System#nanoTime}
     */
    public IngressRecords(
            Supplier<? extends Consumer<String, ByteBuffer>> newConsumer,
            StreamRecordDecoder decoder,
            Duration patience,
            LongSupplier nanoClock) {
        this.newConsumer = newConsumer;
        this.decoder = decoder;
        this.patience = patience;
        this.nanoClock = nanoClock;
    }

    /** @throws org.apache.kafka.common.KafkaException if Kafka does not answer, or refuses for another reason than a right */
    @Override
    public PageBatch batchOf(StreamRecord record, Origin origin) throws LostRecordException {
        StreamRecord original = decode(read(origin), origin);
        boolean same = original.migration().equals(record.migration())
                && original.attempt() == record.attempt()
                && original.lane() == record.lane()
                && original.sequence() == record.sequence();
        if (same && original.body() instanceof PageBatch batch) {
            return batch;
        }
        throw new LostRecordException(at(origin) + " lies another record (" + original.place()
                + "): the topic was made anew since the stream was written");
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close(CloseOptions.timeout(CLOSE));
        }
    }

    private StreamRecord decode(ConsumerRecord<String, ByteBuffer> found, Origin origin) throws LostRecordException {
        ByteBuffer value = found.value() == null ? ByteBuffer.allocate(0) : found.value();
        byte[] bytes = value.hasArray() ? value.array() : new byte[value.remaining()];
        int offset = value.hasArray() ? value.arrayOffset() + value.position() : 0;
        if (!value.hasArray()) {
            value.duplicate().get(bytes);
        }
        try {
            return decoder.decode(bytes, offset, value.remaining());
        } catch (MalformedRecordException e) {
            throw new LostRecordException(at(origin) + " lies a record that cannot be read: " + e.getMessage(), e);
        }
    }

    private ConsumerRecord<String, ByteBuffer> read(Origin origin) throws LostRecordException {
        try {
            return readThere(origin);
        } catch (OffsetOutOfRangeException e) {
            throw new LostRecordException(
                    at(origin)
                            + " there is no record any more: it has passed the retention of the ingress, or the topic"
                            + " was made anew",
                    e);
        } catch (TopicAuthorizationException e) {
            KafkaException explained = MissingRightException.explain(e, AclOperation.READ, Topics.PAGES);
            throw new LostRecordException(
                    "the cluster " + ClusterRefusal.reason(explained).orElseGet(explained::getMessage), e);
        }
    }

    private ConsumerRecord<String, ByteBuffer> readThere(Origin origin) throws LostRecordException {
        TopicPartition partition = new TopicPartition(Topics.PAGES, origin.partition());
        LookAhead ahead = aheadOf(partition, origin.offset());
        long deadline = nanoClock.getAsLong() + patience.toNanos();
        while (true) {
            ahead.dropBefore(origin.offset());
            ConsumerRecord<String, ByteBuffer> next = ahead.peek();
            if (next != null && next.offset() == origin.offset()) {
                return next;
            }
            if (next != null) {
                throw new LostRecordException(at(origin) + " there is no record");
            }
            List<ConsumerRecord<String, ByteBuffer>> polled =
                    consumer.poll(POLL).records(partition);
            if (polled.isEmpty()) {
                checkThere(origin, deadline);
            } else {
                ahead.add(polled);
                boundAheads(ahead);
                deadline = nanoClock.getAsLong() + patience.toNanos();
            }
        }
    }

    /** The partition's look-ahead, from which {@code offset} is to be had without a detour; no other partition is polled. */
    private LookAhead aheadOf(TopicPartition partition, long offset) {
        if (consumer == null) {
            consumer = newConsumer.get();
        }
        LookAhead ahead = aheads.get(partition);
        if (ahead == null) {
            ahead = new LookAhead();
            aheads.put(partition, ahead);
            consumer.assign(aheads.keySet());
        }
        if (!ahead.reaches(offset)) {
            ahead.restart(offset);
            consumer.seek(partition, offset);
        }
        consumer.pause(aheads.keySet());
        consumer.resume(List.of(partition));
        return ahead;
    }

    /** Keeps what is ahead of all partitions within bounds: those that are not read now begin anew. */
    private void boundAheads(LookAhead current) {
        long bytes = aheads.values().stream().mapToLong(LookAhead::bytes).sum();
        if (bytes > MAX_AHEAD_BYTES) {
            aheads.values().stream().filter(ahead -> ahead != current).forEach(LookAhead::forget);
        }
    }

    /** Nothing came: asks whether anything can. */
    private void checkThere(Origin origin, long deadline) throws LostRecordException {
        boolean late = nanoClock.getAsLong() - deadline > 0;
        try {
            List<PartitionInfo> partitions = consumer.partitionsFor(Topics.PAGES, ANSWER);
            if (partitions == null || partitions.size() <= origin.partition()) {
                throw new LostRecordException(
                        "there is no partition " + origin.partition() + " of topic " + Topics.PAGES);
            }
            TopicPartition partition = new TopicPartition(Topics.PAGES, origin.partition());
            long end = consumer.endOffsets(List.of(partition), ANSWER).get(partition);
            if (origin.offset() >= end) {
                throw new LostRecordException(at(origin) + " there is no record, it ends at " + end
                        + ": the topic was made anew since the stream was written");
            }
        } catch (TimeoutException e) {
            if (late) {
                throw e;
            }
            return;
        }
        if (late) {
            throw new TimeoutException(
                    "nothing came of " + origin + " of " + Topics.PAGES + " within " + patience.toSeconds() + " s");
        }
    }

    private static String at(Origin origin) {
        return "at " + origin + " of " + Topics.PAGES;
    }
}
