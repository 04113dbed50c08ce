package io.godwit.benchmarks.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.godwit.client.ClientSettings;
import io.godwit.files.FileTree;
import io.godwit.ramdir.RamDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;

/** Both pipelines under measurement: Godwit's roles, and the bare pass-through on the same broker. */
final class Pipeline implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration RUN_LIMIT = Duration.ofMinutes(10);
    private static final Pattern BARE_READY = Pattern.compile("^" + BarePassThrough.READY + "$");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path scratch;
    private final GodwitRoles roles;
    private int run;

    Pipeline(Path launcher, Path scratch) {
        this.scratch = scratch;
        this.roles = new GodwitRoles(launcher, scratch);
    }

    void start() throws IOException, InterruptedException {
        roles.start();
    }

    /** Moves a guest through Godwit: a waiting receiver, then a sender with {@code source} as its source options. */
    Measurement godwit(String... source) throws IOException, InterruptedException {
        Path target = scratch.resolve("target-" + ++run);
        try {
            GodwitRoles.Migration migration = roles.migrate(List.of(source), List.of("--ram-dir", target.toString()));
            JsonNode sent = migration.sent();
            JsonNode downtime = sent.path("downtimeMillis");
            return new Measurement(
                    migration.received().path("durationMillis").asLong() / 1000.0,
                    sent.path("durationMillis").asLong() / 1000.0,
                    downtime.isNumber() ? downtime.asDouble() : Double.NaN,
                    sent.path("bytes").path("guest").asLong(),
                    migration.received().path("bytes").path("wire").asLong(),
                    migration.cpuSeconds());
        } finally {
            FileTree.delete(target);
        }
    }

    /** Moves the same bytes through the bare pass-through. */
    Measurement bare(Path ramDirectory) throws Exception {
        run++;
        String in = "bare-in-" + run;
        String out = "bare-out-" + run;
        long guestBytes = RamDirectory.open(ramDirectory).manifest().totalBytes();
        long records = (guestBytes + BarePassThrough.RECORD_BYTES - 1) / BarePassThrough.RECORD_BYTES;
        try (Admin admin = ClientSettings.of(roles.bootstrap()).newAdmin()) {
            BarePassThrough.createTopics(admin, in, out);
            double brokerBefore = roles.brokerCpuSeconds();
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
                                    roles.brokerCpuSeconds() - brokerBefore,
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
        roles.close();
        FileTree.delete(scratch);
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
                                roles.bootstrap()),
                        Stream.of(arguments))
                .toList();
        return new RoleProcess("bare-" + role, command, BARE_READY);
    }

    private static String lastLine(String text) {
        String[] lines = text.strip().split("\n", -1);
        return lines[lines.length - 1];
    }
}
