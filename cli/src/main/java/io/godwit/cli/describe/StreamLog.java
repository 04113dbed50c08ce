package io.godwit.cli.describe;

import io.godwit.cli.cluster.Migrations;
import io.godwit.cli.failure.CommandException;
import io.godwit.client.ClientSettings;
import io.godwit.client.TopicUse;
import io.godwit.record.MalformedRecordException;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.topic.Topics;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/** Reads a migration's stream from its beginning to where it ends at the time of asking. One thread. */
public final class StreamLog {
    private static final Duration POLL = Duration.ofMillis(200);

    private final ClientSettings clients;
    private final String migration;
    private final StreamRecordDecoder decoder;

    public StreamLog(ClientSettings clients, String migration) {
        this.clients = clients;
        this.migration = migration;
        decoder = new StreamRecordDecoder(clients.format());
    }

    /** Hears how far the reading is: records read, of how many. */
    public interface Listener {
        void read(long records, long total);
    }

    /**
     * Reads and counts.
     *
     * @throws CommandException if there is no such migration
     */
    public StreamDescription describe(Listener listener) throws CommandException, InterruptedException {
        TopicDescription topic = topic();
        List<TopicPartition> lanes = IntStream.range(0, topic.partitions().size())
                .mapToObj(lane -> new TopicPartition(topic.name(), lane))
                .toList();
        StreamTally tally = new StreamTally(migration, topic.topicId().toString(), lanes.size());
        try (KafkaConsumer<String, byte[]> consumer = clients.newConsumer()) {
            consumer.assign(lanes);
            Map<TopicPartition, Long> begins = consumer.beginningOffsets(lanes);
            begins.values().forEach(tally::addExpired);
            readAll(consumer, begins, consumer.endOffsets(lanes), tally, listener);
        }
        return tally.describe();
    }

    private void readAll(
            KafkaConsumer<String, byte[]> consumer,
            Map<TopicPartition, Long> begins,
            Map<TopicPartition, Long> ends,
            StreamTally tally,
            Listener listener)
            throws InterruptedException {
        long total = sum(ends) - sum(begins);
        begins.forEach(consumer::seek);
        Set<TopicPartition> open = new HashSet<>(begins.keySet());
        open.removeIf(lane -> begins.get(lane) >= ends.get(lane));
        long read = 0;
        while (!open.isEmpty()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()))) {
                    count(record, tally);
                    read++;
                }
            }
            listener.read(read, total);
            // A lane that a sender still writes would be read for ever.
            open.removeIf(lane -> consumer.position(lane) >= ends.get(lane));
            consumer.pause(begins.keySet().stream()
                    .filter(lane -> !open.contains(lane))
                    .toList());
        }
    }

    private void count(ConsumerRecord<String, byte[]> record, StreamTally tally) {
        int bytes = bytes(record);
        try {
            if (record.value() == null) {
                throw new MalformedRecordException("it has no value");
            }
            StreamRecord read = decoder.decode(record.value(), 0, record.value().length);
            if (read.lane() != record.partition() || !read.migration().equals(migration)) {
                throw new MalformedRecordException("it belongs to " + read.place());
            }
            tally.add(read, bytes);
        } catch (MalformedRecordException e) {
            tally.addUnreadable(record.partition(), record.offset(), e.getMessage(), bytes);
        }
    }

    private static int bytes(ConsumerRecord<String, byte[]> record) {
        int bytes = Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        for (Header header : record.headers()) {
            bytes += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return bytes;
    }

    private TopicDescription topic() throws CommandException, InterruptedException {
        try (Admin admin = clients.newAdmin()) {
            return TopicUse.read(Topics.stream(migration)).find(admin).orElseThrow(() -> Migrations.unknown(migration));
        }
    }

    private static long sum(Map<TopicPartition, Long> offsets) {
        return offsets.values().stream().mapToLong(Long::longValue).sum();
    }
}
