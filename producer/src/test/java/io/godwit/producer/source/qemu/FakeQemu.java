package io.godwit.producer.source.qemu;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Behaves as QEMU does towards its migration's other end: a monitor, a stream that it writes when it is told to migrate, and a
 * guest that is let go when SHUT 0 comes, and runs on when anything else does.
 */
final class FakeQemu implements AutoCloseable {
    static final int RAM = 2;
    static final int PAGES = 3;

    final Map<String, Boolean> capabilities = new TreeMap<>();
    final Map<String, Long> parameters = new LinkedHashMap<>();
    final ByteArrayOutputStream stream = new ByteArrayOutputStream();
    /** Bytes of the stream after which it breaks off. */
    int breaksOffAfter = Integer.MAX_VALUE;

    String blocked = "";
    volatile String runState = "running";
    volatile String status = "none";

    private final Path socket;
    private final ServerSocketChannel server;
    private final ObjectMapper json = new ObjectMapper();

    FakeQemu(Path directory) throws IOException {
        socket = directory.resolve("qmp");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        for (String capability : new String[] {"events", "return-path", "xbzrle", "multifd", "switchover-ack"}) {
            capabilities.put(capability, false);
        }
        parameters.put("max-bandwidth", 134_217_728L);
        parameters.put("downtime-limit", 300L);
        parameters.put("avail-switchover-bandwidth", 0L);
        start(this::serve);
    }

    Path socket() {
        return socket;
    }

    /** A guest of three pages in one block, in one section, with so much device state. */
    FakeQemu sends(int deviceStateBytes, boolean withDescription) {
        be(4, 0x5145564d).be(4, 3).be(1, 7).be(4, 2).text("pc");
        be(1, 8).be(2, 1).be(2, 0).be(1, 8).be(2, 2).be(2, 4).be(4, 77);
        be(1, 1).be(4, RAM).be(1, 3).text("ram").be(4, 0).be(4, 4);
        be(8, 4096 * PAGES | 4)
                .be(1, 6)
                .text("pc.ram")
                .be(8, 4096 * PAGES)
                .be(8, 0x10)
                .be(1, 0x7e)
                .be(4, RAM);
        be(1, 2).be(4, RAM);
        be(8, 0x08).be(1, 6).text("pc.ram");
        stream.writeBytes(new byte[4095]);
        be(1, 9);
        be(8, 4096 | 0x22)
                .be(1, 0)
                .be(8, 8192 | 0x22)
                .be(1, 0)
                .be(8, 0x10)
                .be(1, 0x7e)
                .be(4, RAM);
        be(1, 3).be(4, RAM).be(8, 0x10).be(1, 0x7e).be(4, RAM);
        be(1, 4);
        stream.writeBytes(new byte[deviceStateBytes]);
        be(1, 0);
        if (withDescription) {
            be(1, 6).be(4, 2).text("{}");
        }
        return this;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private FakeQemu be(int bytes, long value) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            stream.write((int) (value >>> shift));
        }
        return this;
    }

    private FakeQemu text(String text) {
        stream.writeBytes(text.getBytes(US_ASCII));
        return this;
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // The other end is gone: the test is over.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void serve() throws IOException {
        while (true) {
            try (SocketChannel session = server.accept()) {
                say(session, "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 2, \"minor\": 0, \"major\": 10}}}}");
                BufferedReader requests = new BufferedReader(Channels.newReader(session, UTF_8));
                for (String line = requests.readLine(); line != null; line = requests.readLine()) {
                    JsonNode request = json.readTree(line);
                    say(session, "{\"return\": " + answer(request) + ", \"id\": " + request.get("id") + "}");
                }
            }
        }
    }

    private static void say(SocketChannel session, String line) throws IOException {
        session.write(ByteBuffer.wrap((line + "\n").getBytes(UTF_8)));
    }

    private synchronized String answer(JsonNode request) {
        return switch (request.get("execute").asText()) {
            case "query-status" -> "{\"status\": \"" + runState + "\"}";
            case "query-migrate" -> "{\"status\": \"" + status + "\"" + blocked + "}";
            case "query-migrate-capabilities" ->
                capabilities.entrySet().stream()
                        .map(entry ->
                                "{\"capability\": \"" + entry.getKey() + "\", \"state\": " + entry.getValue() + "}")
                        .collect(Collectors.joining(",", "[", "]"));
            case "query-migrate-parameters" -> json.valueToTree(parameters).toString();
            case "migrate-set-capabilities", "migrate-set-parameters", "migrate", "cont" -> {
                take(request.get("execute").asText(), request.path("arguments"));
                yield "{}";
            }
            default -> "{}";
        };
    }

    private void take(String command, JsonNode arguments) {
        switch (command) {
            case "migrate-set-capabilities" ->
                arguments
                        .get("capabilities")
                        .forEach(entry -> capabilities.put(
                                entry.get("capability").asText(),
                                entry.get("state").asBoolean()));
            case "migrate-set-parameters" ->
                arguments
                        .properties()
                        .forEach(entry ->
                                parameters.put(entry.getKey(), entry.getValue().asLong()));
            case "migrate" -> {
                status = "active";
                start(() -> migrate(arguments.get("uri").asText().substring("unix:".length())));
            }
            default -> runState = "running";
        }
    }

    private void migrate(String path) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            ByteBuffer bytes = ByteBuffer.wrap(stream.toByteArray());
            bytes.limit(Math.min(bytes.limit(), breaksOffAfter));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            if (breaksOffAfter < stream.size()) {
                status = "failed";
                return;
            }
            runState = "finish-migrate";
            status = "device";
            if (letsGo(channel)) {
                runState = "postmigrate";
                status = "completed";
                return;
            }
        } catch (IOException e) {
            // As where nothing is answered.
        }
        runState = "running";
        status = "failed";
    }

    private static boolean letsGo(SocketChannel channel) throws IOException {
        ByteBuffer message = ByteBuffer.allocate(8);
        while (channel.read(message) >= 0) {
            if (message.hasRemaining()) {
                continue;
            }
            message.flip();
            boolean isShut = message.getShort() == 1;
            message.getShort();
            if (isShut) {
                return message.getInt() == 0;
            }
            message.clear();
        }
        return false;
    }
}
