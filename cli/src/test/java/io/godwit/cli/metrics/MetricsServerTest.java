package io.godwit.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.cli.failure.CommandException;
import io.godwit.client.ClientSettings;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MetricsServerTest {
    private static final String LOOPBACK = "127.0.0.1";

    /** A role that is told whether it is ready. */
    private static final class TestRole implements RoleMetrics {
        private volatile boolean ready;

        @Override
        public Readiness readiness() {
            return new Readiness(ready, ready ? "at work" : "resting");
        }

        @Override
        public void collect(MetricFamilies families) {
            families.counter("godwit_test_pages_total", "Pages.", "encoding", Map.of("zero", 7L, "normal", 2L));
            families.gauge("godwit_test_used_bytes", "Bytes.", 1.5);
            families.gauge("godwit_test_lag_records", "None yet.", "lane", Map.<String, Long>of());
        }
    }

    @Test
    void metricsAreServedInPrometheusTextFormat() throws Exception {
        try (MetricsServer server = start()) {
            server.show(new TestRole());

            HttpResponse<String> answer = Http.get(server.uri(), "/metrics");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/plain; version=0.0.4");
            Exposition metrics = Exposition.parse(answer.body());
            assertThat(metrics.family("godwit_test_pages_total").type()).isEqualTo("counter");
            assertThat(metrics.family("godwit_test_pages_total").value("encoding=\"zero\""))
                    .isEqualTo(7);
            assertThat(metrics.family("godwit_test_used_bytes").value()).isEqualTo(1.5);
            assertThat(metrics.family("godwit_build_info").value("role=\"transform\",version=\"1.2\""))
                    .isEqualTo(1);
            assertThat(metrics.family("jvm_memory_used_bytes").value("area=\"heap\""))
                    .isPositive();
            assertThat(answer.body()).doesNotContain("godwit_test_lag_records");
        }
    }

    @Test
    void metricsAreServedInOpenMetricsWhereThatIsAskedFor() throws Exception {
        try (MetricsServer server = start()) {
            HttpResponse<String> answer =
                    Http.get(server.uri(), "/metrics", "application/openmetrics-text; version=1.0.0");

            assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("application/openmetrics-text");
            assertThat(answer.body()).endsWith("# EOF\n");
        }
    }

    @Test
    void aScraperThatWouldRatherHaveProtocolBuffersGetsThem() throws Exception {
        try (MetricsServer server = start()) {
            HttpResponse<String> answer = Http.get(
                    server.uri(),
                    "/metrics",
                    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
                            + "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("application/vnd.google.protobuf");
            assertThat(answer.body()).contains("godwit_ready");
        }
    }

    @Test
    void readinessTurnsWithTheRoleAndHealthDoesNot() throws Exception {
        try (MetricsServer server = start()) {
            TestRole role = new TestRole();

            assertAnswer(Http.get(server.uri(), "/readyz"), 503, "not ready: starting");
            assertAnswer(Http.get(server.uri(), "/healthz"), 200, "ok");
            server.show(role);
            assertAnswer(Http.get(server.uri(), "/readyz"), 503, "not ready: resting");
            role.ready = true;
            assertAnswer(Http.get(server.uri(), "/readyz"), 200, "ready: at work");
            assertThat(ready(server)).isEqualTo(1);
            role.ready = false;
            assertAnswer(Http.get(server.uri(), "/readyz"), 503, "not ready: resting");
            assertThat(ready(server)).isZero();
            assertAnswer(Http.get(server.uri(), "/healthz"), 200, "ok");
        }
    }

    @Test
    void nothingElseIsServed() throws Exception {
        try (MetricsServer server = start()) {
            assertThat(Http.get(server.uri(), "/").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aPortThatIsTakenIsAnErrorThatSaysWhatToDo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();

            assertThatThrownBy(() -> MetricsServer.start(Role.SEND, "1.2", LOOPBACK, port))
                    .isInstanceOf(CommandException.class)
                    .hasMessage("--metrics-port: cannot listen at port " + port + " of 127.0.0.1 (Address already in"
                            + " use); choose another, or 0 for any free one");
        }
    }

    @Test
    void aHostThatIsUnknownIsAnErrorThatSaysWhatToDo() {
        assertThatThrownBy(() -> MetricsServer.start(Role.SEND, "1.2", "no.such.host.invalid", 0))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("--metrics-host: no.such.host.invalid is no address of this machine");
    }

    @Test
    void whoAsksForNothingPaysNothing() {
        ClientSettings clients = ClientSettings.of("127.0.0.1:1");

        try (Monitoring monitoring = Monitoring.off()) {
            assertThat(monitoring.observe(clients)).isSameAs(clients);
        }
    }

    private static MetricsServer start() throws CommandException {
        return MetricsServer.start(Role.TRANSFORM, "1.2", LOOPBACK, 0);
    }

    private static double ready(MetricsServer server) throws Exception {
        return Exposition.parse(Http.get(server.uri(), "/metrics").body())
                .family("godwit_ready")
                .value();
    }

    private static void assertAnswer(HttpResponse<String> answer, int status, String text) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(text + "\n");
    }
}
