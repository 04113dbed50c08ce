package io.godwit.cli.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.godwit.cli.failure.CommandException;
import io.godwit.client.ClientSettings;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Shows a process over HTTP.
 *
 * <pre>
 *   GET /metrics   200   metrics, in Prometheus' text format, or another where that is asked for
 *   GET /healthz   200   the process lives and answers
 *   GET /readyz    200   its role does what it is for; 503 while it does not, with what it does instead
 * </pre>
 *
 * <p>Any thread may call it.
 */
public final class MetricsServer implements Monitoring {
    /** Where it tells whether its role does what it is for. */
    static final String READINESS = "/readyz";
    /** Where it tells that it lives. */
    static final String HEALTH = "/healthz";

    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;
    /** A scrape that is slow does not keep a probe waiting. */
    private static final int THREADS = 2;

    private final Role role;
    private final String version;
    private final HttpServer server;
    private final ExecutorService threads;
    private volatile KafkaMetrics clients;
    private volatile RoleMetrics shown;

    private MetricsServer(Role role, String version, HttpServer server) {
        this.role = role;
        this.version = version;
        this.server = server;
        this.threads = Executors.newFixedThreadPool(THREADS, MetricsServer::newThread);
    }

    /**
     * Starts it: from now on the process is shown, as one that is not ready.
     *
     * @param version of Godwit
     * @param host address to listen at
     * @param port 0 for any free one
     * @throws CommandException if it cannot listen there
     */
    public static MetricsServer start(Role role, String version, String host, int port) throws CommandException {
        MetricsServer started = new MetricsServer(role, version, listen(host, port));
        started.serve();
        return started;
    }

    /** Where the metrics are. */
    public URI uri() {
        InetSocketAddress address = server.getAddress();
        String host = address.getAddress().getHostAddress();
        return URI.create(
                "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort() + "/metrics");
    }

    @Override
    public ClientSettings observe(ClientSettings settings) {
        clients = new KafkaMetrics(role);
        return settings.observedBy(clients);
    }

    @Override
    public void show(RoleMetrics metrics) {
        shown = metrics;
    }

    /** Answers nobody any more. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static HttpServer listen(String host, int port) throws CommandException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new CommandException("--metrics-host: " + host
                    + " is no address of this machine; give one of its own," + " or 0.0.0.0 for all");
        }
        try {
            return HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new CommandException(
                    "--metrics-port: cannot listen at port " + port + " of " + host + " (" + e.getMessage()
                            + "); choose another, or 0 for any free one",
                    e);
        }
    }

    private void serve() {
        PrometheusRegistry registry = new PrometheusRegistry();
        MultiCollector collector = this::collect;
        registry.register(collector);
        server.createContext("/metrics", new MetricsHandler(registry));
        server.createContext(HEALTH, exchange -> answer(exchange, OK, "ok"));
        server.createContext(READINESS, this::answerReadiness);
        server.setExecutor(threads);
        server.start();
    }

    private MetricSnapshots collect() {
        MetricFamilies families = new MetricFamilies();
        families.info("godwit_build_info", "What runs here.", Map.of("role", role.command(), "version", version));
        families.gauge(
                "godwit_ready",
                "Whether the role does what it is for, as /readyz says.",
                readiness().ready());
        JvmMetrics.collect(families);
        RoleMetrics current = shown;
        if (current != null) {
            current.collect(families);
        }
        KafkaMetrics observed = clients;
        if (observed != null) {
            observed.collect(families);
        }
        return families.build();
    }

    private Readiness readiness() {
        RoleMetrics current = shown;
        return current == null ? Readiness.STARTING : current.readiness();
    }

    private void answerReadiness(HttpExchange exchange) throws IOException {
        Readiness now = readiness();
        answer(exchange, now.ready() ? OK : UNAVAILABLE, (now.ready() ? "ready: " : "not ready: ") + now.state());
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] body = (text + "\n").getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** No process lives on for it. */
    private static Thread newThread(Runnable work) {
        Thread thread = new Thread(work, "godwit-metrics");
        thread.setDaemon(true);
        return thread;
    }
}
