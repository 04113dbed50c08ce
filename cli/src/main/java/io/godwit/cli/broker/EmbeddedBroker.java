package io.godwit.cli.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.raft.QuorumConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * A combined KRaft node, controller and broker, on the loopback address. Its topics survive in the data directory.
 *
 * <p>Assembled from Kafka's parts as Kafka's own test kit does it: {@code KafkaRaftServer} would end the JVM at the first
 * fault, and does not tell its port. Any thread may call any method; {@link #close} may be called more than once.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(20);

    private final DataDirectory directory;
    private final int port;
    private final ControllerServer controller;
    private final BrokerServer broker;
    private final CompletableFuture<String> ended;
    /** Written under the lock; read without it, as it is held until the broker has stopped. */
    private volatile boolean closed;

    private EmbeddedBroker(
            DataDirectory directory,
            int port,
            ControllerServer controller,
            BrokerServer broker,
            CompletableFuture<String> ended) {
        this.directory = directory;
        this.port = port;
        this.controller = controller;
        this.broker = broker;
        this.ended = ended;
    }

    /**
     * Starts a broker and returns when it takes requests. A new data directory is formatted, a used one is continued.
     *
     * @throws BrokerException if the port is taken, the data directory cannot be used, or Kafka does not start
     */
    public static EmbeddedBroker start(BrokerOptions options) throws BrokerException {
        return start(options, Map.of(), List.of());
    }

    /**
     * Starts a broker that is set up otherwise.
     *
     * @param overrides settings that win over ours
     * @param users of SASL/SCRAM, as {@code kafka-storage.sh format --add-scram} takes them; known from the first start on
     */
    static EmbeddedBroker start(BrokerOptions options, Map<String, String> overrides, List<String> users)
            throws BrokerException {
        LoopbackSockets sockets = LoopbackSockets.bind(options.port());
        DataDirectory directory = null;
        EmbeddedBroker broker = null;
        try {
            directory = DataDirectory.open(options.dataDir());
            directory.format(BrokerSettings.NODE_ID, BrokerSettings.CONTROLLER_LISTENER, users);
            broker = assemble(directory, sockets, overrides);
            broker.startUp();
            return broker;
        } catch (BrokerException e) {
            abandon(broker, directory, sockets);
            throw e;
        } catch (Exception e) {
            // Exception: Kafka's Scala code throws checked ones that it does not declare.
            abandon(broker, directory, sockets);
            throw failure(options, e);
        }
    }

    /** What clients connect to: {@code 127.0.0.1:port}. */
    public String bootstrapServers() {
        return BrokerSettings.LOOPBACK + ":" + port;
    }

    /** Where the broker keeps its data, absolute. */
    public Path dataDir() {
        return directory.path();
    }

    /** Whether it takes requests. */
    public boolean isUp() {
        return !closed && !ended.isDone();
    }

    /**
     * Waits until the broker is closed, or stops by itself.
     *
     * @throws BrokerException if it stopped by itself; close it then
     */
    public void awaitEnd() throws BrokerException, InterruptedException {
        String fault;
        try {
            fault = ended.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        if (!fault.isEmpty()) {
            throw new BrokerException("the broker stopped (" + fault + "); free space in " + directory.path()
                    + " if its disk is full, then start it again");
        }
    }

    /** Stops the broker and waits for it. What producers were told is stored stays stored. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        // The broker first: it hands its partitions over by the controller.
        broker.shutdown(SHUTDOWN_TIMEOUT);
        controller.shutdown();
        broker.awaitShutdown();
        controller.awaitShutdown();
        release(directory);
        ended.complete("");
    }

    private void startUp() {
        controller.startup();
        broker.startup();
    }

    private static EmbeddedBroker assemble(
            DataDirectory directory, LoopbackSockets sockets, Map<String, String> overrides) {
        Map<String, String> settings =
                BrokerSettings.of(directory.path(), sockets.clientPort(), sockets.controllerPort());
        settings.putAll(overrides);
        KafkaConfig config = new KafkaConfig(settings, false);
        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> prepared =
                KafkaRaftServer.initializeLogDirs(config, LOG, "[broker] ");
        CompletableFuture<String> ended = new CompletableFuture<>();
        BrokerFaults faults = new BrokerFaults(ended);
        faults.takeOverExit();
        SharedServer shared = new SharedServer(
                config,
                prepared._1(),
                Time.SYSTEM,
                new Metrics(),
                CompletableFuture.completedFuture(
                        QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
                List.of(),
                faults.handlers(),
                sockets.factory());
        return new EmbeddedBroker(
                directory,
                sockets.clientPort(),
                new ControllerServer(shared, KafkaRaftServer.configSchema(), prepared._2()),
                new BrokerServer(shared),
                ended);
    }

    private static void abandon(EmbeddedBroker broker, DataDirectory directory, LoopbackSockets sockets) {
        if (broker != null) {
            broker.close();
        } else if (directory != null) {
            release(directory);
        }
        sockets.close();
    }

    private static void release(DataDirectory directory) {
        try {
            directory.close();
        } catch (IOException e) {
            LOG.warn("the lock of {} could not be given back", directory.path(), e);
        }
    }

    private static BrokerException failure(BrokerOptions options, Exception cause) {
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return new BrokerException(
                "the broker did not start (" + cause.getMessage() + "); its data is in " + options.dataDir(), cause);
    }
}
