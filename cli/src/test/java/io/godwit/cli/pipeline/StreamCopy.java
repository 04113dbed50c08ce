package io.godwit.cli.pipeline;

import io.godwit.client.Replication;
import io.godwit.client.TopicSetup;
import io.godwit.record.StreamBody.StreamStart;
import io.godwit.record.StreamRecord;
import io.godwit.record.StreamRecordEncoder;
import io.godwit.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A stream made by hand, as a copy of a real one under another name, damaged on the way. */
final class StreamCopy {
    /** What becomes of a record of the lane that is damaged. */
    interface Damage {
        /**
         * Returns the values that take the record's place: none for a hole.
         *
         * @param record the record, already under the copy's name
         */
        List<byte[]> of(StreamRecord record) throws Exception;
    }

    private final Cluster cluster;
    private final List<List<StreamRecord>> lanes;

    StreamCopy(Cluster cluster, List<List<StreamRecord>> lanes) {
        this.cluster = cluster;
        this.lanes = lanes;
    }

    /** Writes the copy, with record {@code sequence} of {@code lane} as {@code damage} leaves it. */
    void write(String migration, int lane, long sequence, Damage damage) throws Exception {
        String stream;
        try (Admin admin = cluster.newAdmin()) {
            stream = TopicSetup.ensureStream(
                            admin, migration, lanes.size(), Duration.ofHours(1), Replication.OF_BROKERS)
                    .topicId()
                    .toString();
        }
        List<ProducerRecord<String, byte[]>> copies = new ArrayList<>();
        for (int partition = 0; partition < lanes.size(); partition++) {
            for (StreamRecord original : lanes.get(partition)) {
                StreamRecord copy = renamed(original, migration, stream);
                boolean damaged = partition == lane && copy.sequence() == sequence;
                List<byte[]> values = damaged ? damage.of(copy) : List.of(StreamRecordEncoder.encode(copy));
                for (byte[] value : values) {
                    copies.add(new ProducerRecord<>(
                            Topics.stream(migration), partition, Topics.laneKey(migration, partition), value));
                }
            }
        }
        cluster.append(copies);
    }

    private static StreamRecord renamed(StreamRecord record, String migration, String stream) {
        StreamRecord renamed =
                new StreamRecord(migration, record.attempt(), record.lane(), record.sequence(), record.body());
        if (record.body() instanceof StreamStart start) {
            return renamed.withBody(new StreamStart(
                    stream,
                    start.manifest(),
                    start.lanes(),
                    start.stripePages(),
                    start.checkpoints(),
                    start.source(),
                    start.createdMillis()));
        }
        return renamed;
    }
}
