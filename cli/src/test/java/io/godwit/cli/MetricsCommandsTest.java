package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.godwit.cli.metrics.Http;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Roles as processes of their own that are asked how they are. */
@Timeout(180)
class MetricsCommandsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    @Test
    void rolesSayWhereTheirMetricsAreAndTurnReady() throws Exception {
        try (CommandProcess broker = start("broker", "--port", "0", "--data-dir", path("broker"))) {
            awaitReady(broker);
            String address = broker.await("--bootstrap-server (\\S+)").group(1);
            try (CommandProcess transformer = start("transform", "--bootstrap-server", address);
                    CommandProcess receiver =
                            start("receive", "vm1", "--bootstrap-server", address, "--ram-dir", path("target"))) {
                awaitReady(transformer);
                assertThat(Http.get(metrics(receiver), "/readyz").body()).isEqualTo("not ready: waiting for stream\n");
                assertThat(health(transformer, "--ready")).isEqualTo(new CommandRun(0, "ready: running\n", ""));
                assertThat(health(receiver)).isEqualTo(new CommandRun(0, "ok\n", ""));
                assertThat(health(receiver, "--ready").status()).isEqualTo(1);
                assertThat(health(receiver, "--ready").errLines())
                        .containsExactly("godwit: http://127.0.0.1:" + port(receiver)
                                + "/readyz says 503: not ready: waiting for stream");
                try (CommandProcess sender = start(
                        "send",
                        "vm1",
                        "--bootstrap-server",
                        address,
                        "--synthetic",
                        "memory=256M,random=100",
                        "--max-bandwidth",
                        "1M")) {
                    awaitReady(sender);
                    awaitReady(receiver);
                    assertThat(Http.get(metrics(sender), "/metrics").body())
                            .contains("godwit_migration_info{attempt=\"1\",migration=\"vm1\"} 1");
                }
            }
        }
    }

    @Test
    void aPortThatIsTakenEndsTheCommandBeforeItsRoleBegins() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CommandRun run = CommandRun.of(
                    "broker",
                    "--port",
                    "0",
                    "--data-dir",
                    path("untouched"),
                    "--metrics-port",
                    String.valueOf(taken.getLocalPort()));

            assertThat(run.status()).isEqualTo(1);
            assertThat(run.errLines())
                    .singleElement()
                    .asString()
                    .startsWith("godwit: --metrics-port: cannot listen at port " + taken.getLocalPort());
            assertThat(temp.resolve("untouched")).doesNotExist();
        }
    }

    @Test
    void whereNothingServesThereIsNoHealth() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }

        CommandRun run = CommandRun.of("health", "--metrics-port", String.valueOf(free));

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errLines())
                .singleElement()
                .asString()
                .startsWith("godwit: no role answers at port " + free + " of 127.0.0.1")
                .endsWith("was it started with this --metrics-port?");
    }

    @Test
    void theEnvironmentChoosesThePortOfEveryRoleThatIsGivenNone() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }

        try (CommandProcess broker = CommandProcess.start(
                temp,
                Map.of("GODWIT_METRICS_PORT", String.valueOf(free)),
                "broker",
                "--port",
                "0",
                "--data-dir",
                path("broker"))) {
            assertThat(port(broker)).isEqualTo(free);
        }
    }

    private static CommandRun health(CommandProcess role, String... options) {
        return CommandRun.of(
                Stream.concat(Stream.of("health", "--metrics-port", String.valueOf(port(role))), Stream.of(options))
                        .toArray(String[]::new));
    }

    private static int port(CommandProcess role) {
        return metrics(role).getPort();
    }

    private CommandProcess start(String... arguments) throws Exception {
        return CommandProcess.start(
                temp,
                Stream.concat(Stream.of(arguments), Stream.of("--metrics-port", "0"))
                        .toArray(String[]::new));
    }

    private static void awaitReady(CommandProcess role) {
        URI metrics = metrics(role);
        await().atMost(LIMIT).until(() -> Http.get(metrics, "/readyz").statusCode() == 200);
        await().atMost(LIMIT).until(() -> Http.get(metrics, "/healthz").statusCode() == 200);
    }

    private static URI metrics(CommandProcess role) {
        return URI.create(role.await("Metrics ready: (http://127\\.0\\.0\\.1:\\d+/metrics)")
                .group(1));
    }

    private String path(String name) {
        return temp.resolve(name).toString();
    }
}
