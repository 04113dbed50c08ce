package io.godwit.transformer.topology;

import java.util.Optional;
import java.util.Set;
import org.apache.kafka.streams.processor.StreamPartitioner;

/** A record goes to the partition that its key {@code migration/lane} names: a lane is a partition. */
final class LanePartitioner implements StreamPartitioner<String, byte[]> {
    /**
     * {@inheritDoc}
     *
     * @throws NoSuchLaneException if the topic has no such partition: the producer would wait for it to appear
     */
    @Override
    public Optional<Set<Integer>> partitions(String topic, String key, byte[] value, int numPartitions) {
        int lane = Integer.parseInt(key.substring(key.lastIndexOf('/') + 1));
        if (lane >= numPartitions) {
            throw new NoSuchLaneException(
                    "topic " + topic + " has " + numPartitions + " partitions, none for lane " + lane);
        }
        return Optional.of(Set.of(lane));
    }
}
