package io.godwit.cli.pipeline;

import static org.awaitility.Awaitility.await;

import io.godwit.checkpoint.local.CheckpointDirectory;
import io.godwit.checkpoint.local.CheckpointHashes;
import io.godwit.checkpoint.local.CheckpointMemory;
import io.godwit.checkpoint.local.HashProgress;
import io.godwit.checkpoint.publish.CheckpointPublisher;
import io.godwit.client.Replication;
import io.godwit.record.CheckpointEntry;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Checkpoints of hosts, and of the cluster. */
public final class TestCheckpoints {
    private static final String INDEX_METRICS = "kafka.streams:type=stream-checkpoint-index-metrics,*";

    private TestCheckpoints() {}

    /** The memory in a RAM directory. */
    static CheckpointMemory in(Path ramDirectory) throws Exception {
        return CheckpointMemory.ofRamDirectory(ramDirectory, CheckpointMemory.RAM_DIRECTORY);
    }

    /** Holds a memory as a checkpoint of one host, and publishes it. */
    public static CheckpointEntry add(Cluster cluster, String name, CheckpointMemory memory, Path checkpointDirectory)
            throws Exception {
        CheckpointEntry entry = hold(name, memory, checkpointDirectory);
        try (CheckpointPublisher publisher =
                        new CheckpointPublisher(cluster.clients(), Cluster.PATIENCE, Replication.OF_BROKERS);
                CheckpointHashes hashes =
                        CheckpointDirectory.open(checkpointDirectory).hashes(name)) {
            publisher.publish(hashes);
        }
        return entry;
    }

    /** Holds it on one more host. */
    public static CheckpointEntry hold(String name, CheckpointMemory memory, Path checkpointDirectory)
            throws Exception {
        return CheckpointDirectory.open(checkpointDirectory).add(name, memory, new HashProgress());
    }

    /** Removes it from the cluster. */
    static void remove(Cluster cluster, String name) throws Exception {
        try (CheckpointPublisher publisher =
                new CheckpointPublisher(cluster.clients(), Cluster.PATIENCE, Replication.OF_BROKERS)) {
            publisher.remove(name);
        }
    }

    /** Waits until the transformer in this JVM can use so many checkpoints. */
    public static void awaitIndexed(int checkpoints) {
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
