package io.godwit.cli.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** As much of a schema registry as a migration asks for. */
public final class RegistryServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final List<String> schemas = new ArrayList<>();
    private final Set<String> subjects = new TreeSet<>();
    private int requests;
    private boolean refuses;
    private boolean closed;

    public RegistryServer() throws IOException {
        server.createContext("/", this::handle);
        server.start();
    }

    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    public String url() {
        return "http://" + address();
    }

    synchronized Set<String> subjects() {
        return Set.copyOf(subjects);
    }

    synchronized int requests() {
        return requests;
    }

    /** Whether nobody's credentials are good enough. */
    synchronized void refuse(boolean newRefuses) {
        refuses = newRefuses;
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        requests++;
        byte[] question = exchange.getRequestBody().readAllBytes();
        String[] path = exchange.getRequestURI().getPath().split("/", -1);
        if (refuses) {
            answer(exchange, 401, Map.of("message", "Unauthorized"));
        } else if (path[1].equals("schemas")) {
            int id = Integer.parseInt(path[3]);
            if (id < schemas.size()) {
                answer(exchange, 200, Map.of("schema", schemas.get(id)));
            } else {
                answer(exchange, 404, Map.of("error_code", 40403));
            }
        } else if (path[1].equals("config")) {
            answer(exchange, 200, Map.of("compatibilityLevel", "BACKWARD_TRANSITIVE"));
        } else {
            answerSubject(exchange, path, JSON.readTree(question).get("schema").textValue());
        }
    }

    private void answerSubject(HttpExchange exchange, String[] path, String schema) throws IOException {
        boolean registers = path.length > 3;
        if (registers && !schemas.contains(schema)) {
            schemas.add(schema);
            subjects.add(path[2]);
        }
        if (schemas.contains(schema)) {
            answer(exchange, 200, Map.of("id", schemas.indexOf(schema)));
        } else {
            answer(exchange, 404, Map.of("error_code", 40401));
        }
    }

    private static void answer(HttpExchange exchange, int status, Map<String, ?> body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    /** Does nothing the second time. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            server.stop(0);
        }
    }
}
