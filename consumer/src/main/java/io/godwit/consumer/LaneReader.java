package io.godwit.consumer;

import io.godwit.consumer.apply.Appliers;
import io.godwit.consumer.apply.LaneApplier;
import io.godwit.consumer.apply.LaneBarrier;
import io.godwit.consumer.apply.OriginalRecords;
import io.godwit.consumer.apply.RefusedStreamException;
import io.godwit.consumer.apply.Target;
import io.godwit.consumer.sink.TargetException;
import io.godwit.record.Origin;
import io.godwit.record.StreamRecordDecoder;
import io.godwit.report.LogKeys;
import io.godwit.topic.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads some lanes of a stream and applies them, on the thread that runs it, until it is told to stop. */
final class LaneReader {
    private static final Logger LOG = LoggerFactory.getLogger(LaneReader.class);
    /** How soon a lane that waited goes on, at the latest. */
    private static final Duration POLL = Duration.ofMillis(100);

    private final Consumer<String, ByteBuffer> consumer;
    private final String topic;
    private final List<Integer> lanes;
    private final Target target;
    private final LaneBarrier barrier;
    private final ReceiveRun run;
    private final OriginalRecords originals;
    private final StreamRecordDecoder decoder;

    /**
     * @param consumer used by no one else while {@link #read} runs
     * @param originals for pages of checkpoints that are not here; closed after {@link #read}
     * @param decoder of the stream's records
     */
    LaneReader(
            Consumer<String, ByteBuffer> consumer,
            String topic,
            List<Integer> lanes,
            Target target,
            ReceiveRun run,
            OriginalRecords originals,
            StreamRecordDecoder decoder) {
        this.consumer = consumer;
        this.topic = topic;
        this.lanes = lanes;
        this.target = target;
        this.barrier = target.barrier();
        this.run = run;
        this.originals = originals;
        this.decoder = decoder;
    }

    /** Reads until the run is over. */
    void read() throws RefusedStreamException, TargetException, IOException {
        try (Appliers appliers = new Appliers(originals, decoder)) {
            List<LaneApplier> appliersOfLanes = new ArrayList<>();
            for (int lane : lanes) {
                appliersOfLanes.add(new LaneApplier(target, lane, appliers, this::endOffset, System::nanoTime));
            }
            consumer.assign(lanes.stream().map(this::partition).toList());
            for (LaneApplier lane : appliersOfLanes) {
                consumer.seek(partition(lane.lane()), lane.readOffset());
            }
            while (!run.isOver()) {
                appliersOfLanes.forEach(this::pauseOrResume);
                ConsumerRecords<String, ByteBuffer> records = poll();
                for (LaneApplier lane : appliersOfLanes) {
                    apply(lane, records.records(partition(lane.lane())));
                }
            }
        }
    }

    /** Waits for records. Does not come back at once from a fetch that fails, as of a topic that was deleted: it would again. */
    private ConsumerRecords<String, ByteBuffer> poll() {
        long deadline = System.nanoTime() + POLL.toNanos();
        ConsumerRecords<String, ByteBuffer> records = consumer.poll(POLL);
        if (records.isEmpty() && !run.isOver()) {
            LockSupport.parkNanos(Math.max(0, deadline - System.nanoTime()));
        }
        return records;
    }

    private void apply(LaneApplier lane, List<ConsumerRecord<String, ByteBuffer>> records)
            throws RefusedStreamException, TargetException, IOException {
        try {
            applyAll(lane, records);
        } catch (RefusedStreamException e) {
            throw e.at(lane.lane(), lane.nextSequence());
        }
    }

    private void applyAll(LaneApplier lane, List<ConsumerRecord<String, ByteBuffer>> records)
            throws RefusedStreamException, TargetException, IOException {
        TopicPartition partition = partition(lane.lane());
        for (ConsumerRecord<String, ByteBuffer> record : records) {
            if (run.isOver()) {
                return;
            }
            if (barrier.isWaiting(lane.lane())) {
                consumer.seek(partition, record.offset());
                return;
            }
            run.recordRead();
            target.counters().addWire(wireBytes(record));
            accept(lane, record);
            run.check(barrier.outcome());
        }
        if (!barrier.isWaiting(lane.lane())) {
            reached(lane, consumer.position(partition));
        }
        if (!records.isEmpty()) {
            // The consumer knows it from what it fetched. Before it has fetched anything, it would ask Kafka.
            consumer.currentLag(partition).ifPresent(lag -> target.counters().setLaneLag(lane.lane(), lag));
        }
    }

    private static void reached(LaneApplier lane, long offset) throws RefusedStreamException {
        try {
            lane.reached(offset);
        } catch (TimeoutException e) {
            // Kafka does not tell the lane's end just now; the next poll asks again.
            LOG.atDebug()
                    .addKeyValue(LogKeys.LANE, lane.lane())
                    .setCause(e)
                    .log("the end of lane {} is not known yet", lane.lane());
        }
    }

    private static void accept(LaneApplier lane, ConsumerRecord<String, ByteBuffer> record)
            throws RefusedStreamException, TargetException, IOException {
        ByteBuffer value = record.value() == null ? ByteBuffer.allocate(0) : record.value();
        if (value.hasArray()) {
            lane.accept(
                    value.array(),
                    value.arrayOffset() + value.position(),
                    value.remaining(),
                    record.offset(),
                    origin(record));
        } else {
            byte[] copy = new byte[value.remaining()];
            value.get(copy);
            lane.accept(copy, 0, copy.length, record.offset(), origin(record));
        }
    }

    /** Null where the record does not tell. */
    private static Origin origin(ConsumerRecord<String, ByteBuffer> record) {
        Header header = record.headers().lastHeader(Topics.ORIGIN_HEADER);
        return header == null || header.value() == null
                ? null
                : Origin.decode(header.value()).orElse(null);
    }

    private void pauseOrResume(LaneApplier lane) {
        List<TopicPartition> partition = List.of(partition(lane.lane()));
        if (barrier.isWaiting(lane.lane())) {
            consumer.pause(partition);
        } else {
            consumer.resume(partition);
        }
    }

    private long endOffset(int lane) {
        TopicPartition partition = partition(lane);
        return consumer.endOffsets(List.of(partition)).get(partition);
    }

    private TopicPartition partition(int lane) {
        return new TopicPartition(topic, lane);
    }

    private static long wireBytes(ConsumerRecord<String, ByteBuffer> record) {
        long bytes = Math.max(0, record.serializedKeySize()) + (long) Math.max(0, record.serializedValueSize());
        for (Header header : record.headers()) {
            bytes += header.key().length() + (header.value() == null ? 0 : header.value().length);
        }
        return bytes;
    }
}
