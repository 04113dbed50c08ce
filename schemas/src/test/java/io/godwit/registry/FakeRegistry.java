package io.godwit.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers as a registry does, or as a test wants; keeps what it was asked. */
class FakeRegistry implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** An answer that a test puts in the place of the right one. */
    interface Fault {
        void answer(HttpExchange exchange) throws IOException;
    }

    /** {@code METHOD path}, in order. */
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    /** What came in {@code Authorization}, null where nothing did. */
    final List<String> authorizations = Collections.synchronizedList(new ArrayList<>());

    final Map<String, String> levels = new ConcurrentHashMap<>();
    final Map<Integer, String> schemas = new ConcurrentHashMap<>();
    /** By the beginning of {@link #asked}'s text. */
    final Map<String, Fault> faults = new ConcurrentHashMap<>();

    private final Map<String, Integer> ids = new ConcurrentHashMap<>();
    private final HttpServer server;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private int nextId = 7;

    FakeRegistry() throws IOException {
        this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    }

    FakeRegistry(HttpServer server) {
        this.server = server;
        server.setExecutor(executor);
        server.createContext("/", this::handle);
        server.start();
    }

    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    String url() {
        return "http://" + address();
    }

    static Fault status(int status, String body) {
        return exchange -> answer(exchange, status, body);
    }

    /** Has a schema as if somebody else had registered it. */
    int add(String subject, String schema) {
        int id = nextId++;
        ids.put(subject + schema, id);
        schemas.put(id, schema);
        return id;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            asked.add(request);
            authorizations.add(exchange.getRequestHeaders().getFirst("Authorization"));
            for (Map.Entry<String, Fault> fault : faults.entrySet()) {
                if (request.startsWith(fault.getKey())) {
                    fault.getValue().answer(exchange);
                    return;
                }
            }
            answer(exchange);
        }
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().split("/", -1);
        String method = exchange.getRequestMethod();
        if (path[1].equals("schemas")) {
            String schema = schemas.get(Integer.parseInt(path[3]));
            if (schema == null) {
                answer(exchange, 404, "{\"error_code\":40403,\"message\":\"Schema not found\"}");
            } else {
                answer(exchange, 200, JSON.writeValueAsString(Map.of("schema", schema)));
            }
        } else if (path[1].equals("config") && method.equals("GET")) {
            String level = levels.get(path[2]);
            if (level == null) {
                answer(exchange, 404, "{\"error_code\":40401,\"message\":\"Subject not found\"}");
            } else {
                answer(exchange, 200, "{\"compatibilityLevel\":\"" + level + "\"}");
            }
        } else if (path[1].equals("config")) {
            String level = JSON.readTree(exchange.getRequestBody().readAllBytes())
                    .get("compatibility")
                    .textValue();
            levels.put(path[2], level);
            answer(exchange, 200, "{\"compatibility\":\"" + level + "\"}");
        } else {
            answerSubject(exchange, path);
        }
    }

    private void answerSubject(HttpExchange exchange, String[] path) throws IOException {
        String subject = path[2];
        String schema = JSON.readTree(exchange.getRequestBody().readAllBytes())
                .get("schema")
                .textValue();
        Integer id = ids.get(subject + schema);
        if (path.length > 3 && id == null) {
            id = add(subject, schema);
        }
        if (id == null) {
            answer(exchange, 404, "{\"error_code\":40401,\"message\":\"Subject '" + subject + "' not found.\"}");
        } else {
            answer(exchange, 200, "{\"id\":" + id + "}");
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
