package io.godwit.cli.broker;

import static org.awaitility.Awaitility.await;

import io.godwit.client.ClientSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kafka.Kafka;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A cluster of three brokers, each a process of Kafka's own server and each a controller, too: any one of them may be killed. Its
 * topics have three replicas of which two must be in sync, those of Kafka's own included.
 */
public final class ThreeBrokers implements AutoCloseable {
    private static final int BROKERS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path directory;
    private final List<Integer> ports;
    private final Map<Integer, Process> running = new HashMap<>();

    private ThreeBrokers(Path directory, List<Integer> ports) {
        this.directory = directory;
        this.ports = ports;
    }

    /** Returns when all three serve clients. */
    public static ThreeBrokers start(Path directory) throws Exception {
        ThreeBrokers brokers = new ThreeBrokers(directory, freePorts(2 * BROKERS));
        try {
            String clusterId = Uuid.randomUuid().toString();
            for (int id = 1; id <= BROKERS; id++) {
                brokers.format(id, clusterId);
                brokers.start(id);
            }
            await().atMost(PATIENCE).until(() -> brokers.known() == BROKERS);
            return brokers;
        } catch (Exception | Error e) {
            brokers.close();
            throw e;
        }
    }

    public String bootstrapServers() {
        return IntStream.rangeClosed(1, BROKERS)
                .mapToObj(id -> BrokerSettings.LOOPBACK + ":" + clientPort(id))
                .collect(Collectors.joining(","));
    }

    /** Kills a broker as {@code kill -9} does. */
    public void kill(int id) throws InterruptedException {
        running.remove(id).destroyForcibly().waitFor();
    }

    /** Starts a broker that was killed again, on the data that it left. */
    public void start(int id) throws IOException {
        Path log = directory.resolve("broker-" + id + ".log");
        running.put(
                id,
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx320m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                                Kafka.class.getName(),
                                settings(id).toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start());
    }

    @Override
    public void close() {
        running.values().forEach(Process::destroyForcibly);
        running.values().forEach(process -> process.onExit().join());
    }

    /** How many brokers clients are told of. */
    private int known() throws InterruptedException {
        try (Admin admin = ClientSettings.of(bootstrapServers()).newAdmin()) {
            return admin.describeCluster().nodes().get().size();
        } catch (ExecutionException e) {
            // None serves yet.
            return 0;
        }
    }

    private void format(int id, String clusterId) throws Exception {
        Path data = Files.createDirectories(directory.resolve("broker-" + id));
        Properties properties = new Properties();
        properties.putAll(settings(id, data));
        try (Writer file = Files.newBufferedWriter(settings(id))) {
            properties.store(file, null);
        }
        new Formatter()
                .setNodeId(id)
                .setClusterId(clusterId)
                .addDirectory(data.toString())
                .setMetadataLogDirectory(data.toString())
                .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .run();
    }

    private Map<String, String> settings(int id, Path data) {
        Map<String, String> settings = BrokerSettings.of(data, clientPort(id), controllerPort(id));
        settings.put("node.id", String.valueOf(id));
        settings.put(
                "controller.quorum.voters",
                IntStream.rangeClosed(1, BROKERS)
                        .mapToObj(voter -> voter + "@" + BrokerSettings.LOOPBACK + ":" + controllerPort(voter))
                        .collect(Collectors.joining(",")));
        settings.put("default.replication.factor", "3");
        settings.put("min.insync.replicas", "2");
        settings.put("offsets.topic.replication.factor", "3");
        settings.put("transaction.state.log.replication.factor", "3");
        settings.put("transaction.state.log.min.isr", "2");
        // A follower that is dead leaves the replicas in sync as soon.
        settings.put("replica.lag.time.max.ms", "5000");
        return settings;
    }

    private Path settings(int id) {
        return directory.resolve("broker-" + id + ".properties");
    }

    private int clientPort(int id) {
        return ports.get(id - 1);
    }

    private int controllerPort(int id) {
        return ports.get(BROKERS + id - 1);
    }

    /** Free together, for now: a process cannot be handed a socket. */
    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }
}
