package io.godwit.benchmarks.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.godwit.client.ClientSettings;
import io.godwit.ramdir.RamDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** The processes under measurement: one broker, one transformer, and a sender and a receiver a run. */
final class Pipeline implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration RUN_LIMIT = Duration.ofMinutes(10);
    private static final Pattern BROKER_READY = Pattern.compile("(127\\.0\\.0\\.1:\\d+)");
    private static final Pattern TRANSFORMER_READY = Pattern.compile("(?i)\\b(running|ready)\\b");
    private static final Pattern RECEIVER_READY = Pattern.compile("(?i)waiting");
    private static final Pattern BARE_READY = Pattern.compile("^" + BarePassThrough.READY + "$");
    private static final Pattern NONE = Pattern.compile("(?!)");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path launcher;
    private final Path scratch;
    private RoleProcess broker;
    private RoleProcess transformer;
    private String bootstrap;
    private int run;

    Pipeline(Path launcher, Path scratch) {
        this.launcher = launcher;
        this.scratch = scratch;
    }

    void start() throws IOException, InterruptedException {
        broker = role(
                "broker",
                BROKER_READY,
                "broker",
                "--port",
                "0",
                "--data-dir",
                scratch.resolve("log").toString());
        bootstrap = broker.awaitReady(START_LIMIT).group(1);
        transformer = role(
                "transform",
                TRANSFORMER_READY,
                "transform",
                "--bootstrap-server",
                bootstrap,
                "--state-dir",
                scratch.resolve("state").toString());
        transformer.awaitReady(START_LIMIT);
    }

    /** Moves a guest through Godwit: a waiting receiver, then a sender with {@code source} as its source options. */
    Measurement godwit(String... source) throws IOException, InterruptedException {
        run++;
        String migration = "bench-" + run;
        Path target = scratch.resolve("target-" + run);
        double brokerBefore = broker.cpuSeconds();
        double transformerBefore = transformer.cpuSeconds();
        try (RoleProcess receiver = role(
                "receive",
                RECEIVER_READY,
                "receive",
                migration,
                "--bootstrap-server",
                bootstrap,
                "--ram-dir",
                target.toString(),
                "--json")) {
            receiver.awaitReady(START_LIMIT);
            String[] send = Stream.concat(
                            Stream.of("send", migration, "--bootstrap-server", bootstrap, "--json"), Stream.of(source))
                    .toArray(String[]::new);
            try (RoleProcess sender = role("send", NONE, send)) {
                JsonNode received = JSON.readTree(receiver.awaitEnd(RUN_LIMIT));
                JsonNode sent = JSON.readTree(sender.awaitEnd(RUN_LIMIT));
                if (!received.path("verified").asBoolean()
                        || !received.path("digest").equals(sent.path("digest"))) {
                    throw new IllegalStateException("not verified: " + sent + " " + received);
                }
                JsonNode downtime = sent.path("downtimeMillis");
                return new Measurement(
                        received.path("durationMillis").asLong() / 1000.0,
                        sent.path("durationMillis").asLong() / 1000.0,
                        downtime.isNumber() ? downtime.asDouble() : Double.NaN,
                        sent.path("bytes").path("guest").asLong(),
                        received.path("bytes").path("wire").asLong(),
                        Map.of(
                                "broker",
                                broker.cpuSeconds() - brokerBefore,
                                "transform",
                                transformer.cpuSeconds() - transformerBefore,
                                "send",
                                sender.cpuSeconds(),
                                "receive",
                                receiver.cpuSeconds()));
            }
        } finally {
            role("delete", NONE, "delete", migration, "--bootstrap-server", bootstrap)
                    .awaitEnd(START_LIMIT);
            delete(target);
        }
    }

    /** Moves the same bytes through the bare pass-through. */
    Measurement bare(Path ramDirectory) throws Exception {
        run++;
        String in = "bare-in-" + run;
        String out = "bare-out-" + run;
        long guestBytes = RamDirectory.open(ramDirectory).manifest().totalBytes();
        long records = (guestBytes + BarePassThrough.RECORD_BYTES - 1) / BarePassThrough.RECORD_BYTES;
        try (Admin admin = ClientSettings.of(bootstrap).newAdmin()) {
            BarePassThrough.createTopics(admin, in, out);
            double brokerBefore = broker.cpuSeconds();
            String state = scratch.resolve("bare-state-" + run).toString();
            try (RoleProcess streams = bareRole("streams", in, out, state);
                    RoleProcess sink = bareRole("sink", out, String.valueOf(records))) {
                streams.awaitReady(START_LIMIT);
                sink.awaitReady(START_LIMIT);
                double streamsBefore = streams.cpuSeconds();
                try (RoleProcess source = bareRole("source", in, ramDirectory.toString())) {
                    JsonNode moved = JSON.readTree(lastLine(sink.awaitEnd(RUN_LIMIT)));
                    source.awaitEnd(RUN_LIMIT);
                    return new Measurement(
                            moved.path("durationMillis").asLong() / 1000.0,
                            Double.NaN,
                            Double.NaN,
                            guestBytes,
                            moved.path("bytes").asLong(),
                            Map.of(
                                    "broker",
                                    broker.cpuSeconds() - brokerBefore,
                                    "transform",
                                    streams.cpuSeconds() - streamsBefore,
                                    "send",
                                    source.cpuSeconds(),
                                    "receive",
                                    sink.cpuSeconds()));
                }
            } finally {
                admin.deleteTopics(List.of(in, out)).all().get();
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (transformer != null) {
            transformer.close();
        }
        if (broker != null) {
            broker.close();
        }
        delete(scratch);
    }

    private RoleProcess role(String name, Pattern ready, String... arguments) throws IOException {
        return new RoleProcess(
                name,
                Stream.concat(Stream.of(launcher.toString()), Stream.of(arguments))
                        .toList(),
                ready);
    }

    private RoleProcess bareRole(String role, String... arguments) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx1g",
                                "-XX:+UseParallelGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                BarePassThrough.class.getName(),
                                role,
                                bootstrap),
                        Stream.of(arguments))
                .toList();
        return new RoleProcess("bare-" + role, command, BARE_READY);
    }

    private static String lastLine(String text) {
        String[] lines = text.strip().split("\n", -1);
        return lines[lines.length - 1];
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
