package io.godwit.cli.pipeline;

import static org.awaitility.Awaitility.await;

import io.godwit.checkpoint.local.CheckpointDirectory;
import io.godwit.checkpoint.local.CheckpointHashes;
import io.godwit.checkpoint.local.CheckpointMemory;
import io.godwit.checkpoint.local.HashProgress;
import io.godwit.directory.CheckpointNames;
import io.godwit.record.CheckpointChunk;
import io.godwit.record.CheckpointEntry;
import io.godwit.topic.Topics;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Checkpoints of hosts, and of the cluster. */
final class TestCheckpoints {
    private static final String INDEX_METRICS = "kafka.streams:type=stream-checkpoint-index-metrics,*";

    private TestCheckpoints() {}

    /** Holds the memory in {@code ramDirectory} as a checkpoint of a host, and publishes it. */
    static CheckpointEntry add(Cluster cluster, String name, Path ramDirectory, Path checkpointDirectory)
            throws Exception {
        CheckpointEntry entry = hold(name, ramDirectory, checkpointDirectory);
        List<ProducerRecord<String, byte[]>> chunks = new ArrayList<>();
        try (CheckpointHashes hashes =
                CheckpointDirectory.open(checkpointDirectory).hashes(name)) {
            for (int number = 0; number < hashes.chunks(); number++) {
                CheckpointChunk chunk = hashes.chunk(number);
                chunks.add(new ProducerRecord<>(Topics.CHECKPOINTS, 0, chunk.key(), chunk.encode()));
            }
        }
        cluster.append(chunks);
        try (CheckpointNames names = new CheckpointNames(cluster.clients(), Cluster.PATIENCE)) {
            names.publish(entry);
        }
        return entry;
    }

    /** Holds it on one more host. */
    static CheckpointEntry hold(String name, Path ramDirectory, Path checkpointDirectory) throws Exception {
        return CheckpointDirectory.open(checkpointDirectory)
                .add(
                        name,
                        CheckpointMemory.ofRamDirectory(ramDirectory, CheckpointMemory.RAM_DIRECTORY),
                        new HashProgress());
    }

    /** Removes it from the cluster: its name, and its chunks. */
    static void remove(Cluster cluster, CheckpointEntry entry) throws Exception {
        try (CheckpointNames names = new CheckpointNames(cluster.clients(), Cluster.PATIENCE)) {
            names.remove(entry.name());
        }
        List<ProducerRecord<String, byte[]>> tombstones = new ArrayList<>();
        for (int chunk = 0; chunk < CheckpointChunk.chunksOf(entry.hashes()); chunk++) {
            tombstones.add(
                    new ProducerRecord<>(Topics.CHECKPOINTS, 0, CheckpointChunk.key(entry.checkpoint(), chunk), null));
        }
        cluster.append(tombstones);
    }

    /** Waits until the transformer in this JVM can use so many checkpoints. */
    static void awaitIndexed(int checkpoints) {
        await().atMost(Background.PATIENCE).until(() -> indexed() == checkpoints);
    }

    private static long indexed() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        double most = -1;
        for (ObjectName name : server.queryNames(new ObjectName(INDEX_METRICS), null)) {
            most = Math.max(most, (double) server.getAttribute(name, "checkpoints"));
        }
        return Math.round(most);
    }
}
