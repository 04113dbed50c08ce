package io.godwit.cli.broker;

import io.godwit.topic.Topics;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What the embedded broker sets otherwise than Kafka does, and why; keys as in Kafka's own documentation. */
final class BrokerSettings {
    static final int NODE_ID = 1;
    static final String LOOPBACK = "127.0.0.1";
    static final String CLIENT_LISTENER = "CLIENT";
    static final String CONTROLLER_LISTENER = "CONTROLLER";

    private BrokerSettings() {}

    static Map<String, String> of(Path dataDir, int clientPort, int controllerPort) {
        Map<String, String> settings = new HashMap<>();
        listeners(settings, LOOPBACK + ":" + clientPort, LOOPBACK + ":" + controllerPort);
        logs(settings, dataDir.toString());
        transport(settings);
        oneReplica(settings);
        groups(settings);
        return settings;
    }

    private static void listeners(Map<String, String> settings, String client, String controller) {
        settings.put("node.id", String.valueOf(NODE_ID));
        settings.put("process.roles", "broker,controller");
        settings.put("listeners", CLIENT_LISTENER + "://" + client + "," + CONTROLLER_LISTENER + "://" + controller);
        settings.put("advertised.listeners", CLIENT_LISTENER + "://" + client);
        settings.put(
                "listener.security.protocol.map", CLIENT_LISTENER + ":PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT");
        settings.put("inter.broker.listener.name", CLIENT_LISTENER);
        settings.put("controller.listener.names", CONTROLLER_LISTENER);
        // A voter that is configured is not written to the data directory: the next start may use another port.
        settings.put("controller.quorum.voters", NODE_ID + "@" + controller);
        // A broker that was killed may register again only when its old session is over.
        settings.put("broker.session.timeout.ms", "3000");
        settings.put("broker.heartbeat.interval.ms", "500");
    }

    private static void logs(Map<String, String> settings, String dataDir) {
        settings.put("log.dirs", dataDir);
        settings.put("metadata.log.dir", dataDir);
        // A mistyped topic must be an error, and a deleted stream must stay deleted.
        settings.put("auto.create.topics.enable", "false");
        // Retention frees whole segments: small ones, looked at often, give the disk back soon.
        settings.put("log.segment.bytes", String.valueOf(256 << 20));
        settings.put("log.retention.check.interval.ms", "10000");
        settings.put("log.segment.delete.delay.ms", "1000");
        // The cleaner has only small topics to compact here.
        settings.put("log.cleaner.dedupe.buffer.size", String.valueOf(8 << 20));
    }

    private static void transport(Map<String, String> settings) {
        settings.put("message.max.bytes", String.valueOf(Topics.MAX_RECORD_BYTES));
        settings.put("replica.fetch.max.bytes", String.valueOf(Topics.MAX_RECORD_BYTES));
        // The kernel tunes the buffers better than Kafka's fixed 100 KiB: a quarter more throughput with our records.
        settings.put("socket.send.buffer.bytes", "-1");
        settings.put("socket.receive.buffer.bytes", "-1");
    }

    private static void oneReplica(Map<String, String> settings) {
        settings.put("default.replication.factor", "1");
        settings.put("min.insync.replicas", "1");
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "4");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
    }

    /** A transformer that joins, or replaces one that died, gets to work at once: there is no network to be patient with. */
    private static void groups(Map<String, String> settings) {
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.streams.initial.rebalance.delay.ms", "0");
        settings.put("group.streams.assignment.interval.ms", "0");
        settings.put("group.streams.min.heartbeat.interval.ms", "500");
        settings.put("group.streams.heartbeat.interval.ms", "500");
        settings.put("group.streams.min.session.timeout.ms", "6000");
        settings.put("group.streams.session.timeout.ms", "6000");
    }
}
