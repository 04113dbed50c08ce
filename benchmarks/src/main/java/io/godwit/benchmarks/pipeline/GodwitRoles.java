package io.godwit.benchmarks.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Godwit as it is operated: a broker and a transformer that stay, a sender and a receiver a migration, each a process. */
public final class GodwitRoles implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration RUN_LIMIT = Duration.ofMinutes(10);
    private static final Pattern BROKER_READY = Pattern.compile("(127\\.0\\.0\\.1:\\d+)");
    private static final Pattern TRANSFORMER_READY = Pattern.compile("(?i)\\b(running|ready)\\b");
    private static final Pattern RECEIVER_READY = Pattern.compile("(?i)waiting");
    private static final Pattern NONE = Pattern.compile("(?!)");
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What a migration reported.
     *
     * @param sent the sender's {@code --json}
     * @param received the receiver's
     * @param cpuSeconds CPU seconds of broker, transform, send and receive
     */
    public record Migration(JsonNode sent, JsonNode received, Map<String, Double> cpuSeconds) {}

    /**
     * What a migration to several targets reported.
     *
     * @param sent the sender's {@code --json}
     * @param received the receivers'
     * @param cpuSeconds CPU seconds of broker, transform, send, and of all receivers together
     */
    public record FanOut(JsonNode sent, List<JsonNode> received, Map<String, Double> cpuSeconds) {
        public FanOut {
            received = List.copyOf(received);
        }
    }

    private final Path launcher;
    private final Path scratch;
    private RoleProcess broker;
    private RoleProcess transformer;
    private String bootstrap;
    private int migrations;

    /**
     * Nothing runs yet.
     *
     * @param launcher the {@code godwit} of the repository
     * @param scratch for the broker's log and the transformer's state
     */
    public GodwitRoles(Path launcher, Path scratch) {
        this.launcher = launcher;
        this.scratch = scratch;
    }

    /** Starts broker and transformer. */
    public void start() throws IOException, InterruptedException {
        String log = scratch.resolve("log").toString();
        broker = role("broker", BROKER_READY, List.of("--port", "0", "--data-dir", log));
        bootstrap = broker.awaitReady(START_LIMIT).group(1);
        String state = scratch.resolve("state").toString();
        transformer = role("transform", TRANSFORMER_READY, onCluster(List.of("--state-dir", state)));
        transformer.awaitReady(START_LIMIT);
    }

    /**
     * Migrates with a receiver that waits, and deletes the migration afterwards.
     *
     * @param source the sender's options that say what to send
     * @param target the receiver's options that say where to
     * @throws IllegalStateException if a role fails, or what arrived was not verified
     */
    public Migration migrate(List<String> source, List<String> target) throws IOException, InterruptedException {
        FanOut all = migrateToAll(source, List.of(target));
        return new Migration(all.sent(), all.received().get(0), all.cpuSeconds());
    }

    /** The same with several receivers that wait. */
    public FanOut migrateToAll(List<String> source, List<List<String>> targets)
            throws IOException, InterruptedException {
        String migration = "bench-" + ++migrations;
        List<RoleProcess> receivers = new ArrayList<>();
        try {
            for (List<String> target : targets) {
                receivers.add(role("receive", RECEIVER_READY, migrating(migration, target)));
            }
            for (RoleProcess receiver : receivers) {
                receiver.awaitReady(START_LIMIT);
            }
            return migrate(migration, source, receivers);
        } finally {
            receivers.forEach(RoleProcess::close);
            try (RoleProcess delete = role("delete", NONE, onCluster(List.of(migration)))) {
                delete.awaitEnd(START_LIMIT);
            }
        }
    }

    private FanOut migrate(String migration, List<String> source, List<RoleProcess> receivers)
            throws IOException, InterruptedException {
        double brokerBefore = broker.cpuSeconds();
        double transformerBefore = transformer.cpuSeconds();
        try (RoleProcess sender = role("send", NONE, migrating(migration, source))) {
            List<JsonNode> received = new ArrayList<>();
            for (RoleProcess receiver : receivers) {
                received.add(JSON.readTree(receiver.awaitEnd(RUN_LIMIT)));
            }
            JsonNode sent = JSON.readTree(sender.awaitEnd(RUN_LIMIT));
            for (JsonNode each : received) {
                checkVerified(sent, each);
            }
            return new FanOut(
                    sent,
                    received,
                    Map.of(
                            "broker",
                            broker.cpuSeconds() - brokerBefore,
                            "transform",
                            transformer.cpuSeconds() - transformerBefore,
                            "send",
                            sender.cpuSeconds(),
                            "receive",
                            receivers.stream()
                                    .mapToDouble(RoleProcess::cpuSeconds)
                                    .sum()));
        }
    }

    /** Adds the memory in a RAM directory as a checkpoint, on this host and in the cluster. */
    public void addCheckpoint(String name, Path ramDirectory, Path checkpointDirectory)
            throws IOException, InterruptedException {
        List<String> arguments = List.of(
                "add", name, "--ram-dir", ramDirectory.toString(), "--checkpoint-dir", checkpointDirectory.toString());
        try (RoleProcess add = role("checkpoint", NONE, onCluster(arguments))) {
            add.awaitEnd(RUN_LIMIT);
        }
    }

    String bootstrap() {
        return bootstrap;
    }

    double brokerCpuSeconds() {
        return broker.cpuSeconds();
    }

    @Override
    public void close() {
        if (transformer != null) {
            transformer.close();
        }
        if (broker != null) {
            broker.close();
        }
    }

    private RoleProcess role(String name, Pattern ready, List<String> arguments) throws IOException {
        List<String> command = Stream.concat(Stream.of(launcher.toString(), name), arguments.stream())
                .toList();
        return new RoleProcess(name, command, ready);
    }

    private List<String> onCluster(List<String> arguments) {
        return Stream.concat(arguments.stream(), Stream.of("--bootstrap-server", bootstrap))
                .toList();
    }

    private List<String> migrating(String migration, List<String> options) {
        return onCluster(
                Stream.concat(Stream.of(migration, "--json"), options.stream()).toList());
    }

    private static void checkVerified(JsonNode sent, JsonNode received) {
        if (!received.path("verified").asBoolean() || !received.path("digest").equals(sent.path("digest"))) {
            throw new IllegalStateException("not verified: " + sent + " " + received);
        }
    }
}
