package io.godwit.cli.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;

/**
 * Says QMP commands to a QEMU over its unix socket and waits for each one's answer. Events are left aside. Not safe for
 * use by several threads at once.
 *
 * <p>Source: QEMU's {@code docs/interop/qmp-spec}.
 */
final class QmpClient implements Closeable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final SocketChannel channel;
    private final BufferedReader answers;

    private QmpClient(SocketChannel channel) {
        this.channel = channel;
        this.answers = new BufferedReader(Channels.newReader(channel, UTF_8));
    }

    /** Connects, and leaves the negotiation mode that QMP begins in. */
    static QmpClient connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            QmpClient client = new QmpClient(channel);
            client.awaitKey("QMP");
            client.execute("qmp_capabilities");
            return client;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Executes a command without arguments. */
    JsonNode execute(String command) throws IOException {
        return execute(command, Map.of());
    }

    /**
     * Executes a command.
     *
     * @return what QEMU returned
     * @throws IOException QEMU refused the command, or is gone
     */
    JsonNode execute(String command, Map<String, ?> arguments) throws IOException {
        ObjectNode request = JSON.createObjectNode().put("execute", command);
        request.set("arguments", JSON.valueToTree(arguments));
        ByteBuffer bytes = ByteBuffer.wrap((request + "\n").getBytes(UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        return awaitKey("return");
    }

    private JsonNode awaitKey(String key) throws IOException {
        while (true) {
            String line = answers.readLine();
            if (line == null) {
                throw new EOFException("QEMU closed its QMP socket");
            }
            JsonNode message = JSON.readTree(line);
            if (message.has("error")) {
                throw new IOException(
                        "QEMU: " + message.path("error").path("desc").asText());
            }
            if (message.has(key)) {
                return message.get(key);
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
