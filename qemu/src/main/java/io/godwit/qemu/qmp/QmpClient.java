package io.godwit.qemu.qmp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session with a QEMU's monitor. A thread of its own reads what QEMU says; any thread may give commands, which wait for
 * one another.
 *
 * <p>Every answer is awaited for a bounded time: a QEMU whose main loop hangs must not hang whoever asks.
 *
 * <p>Source: QEMU's {@code docs/interop/qmp-spec}.
 */
public final class QmpClient implements AutoCloseable {
    /** Longest message that is taken; the largest QEMU sends, its schema, has a few hundred kilobytes. */
    static final int MAX_MESSAGE_BYTES = 16 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(QmpClient.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int READ_BYTES = 64 << 10;

    private final Path socket;
    private final Duration patience;
    private final SocketChannel channel;
    private final CompletableFuture<JsonNode> greeting = new CompletableFuture<>();
    private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
    private final List<Consumer<QmpEvent>> listeners = new CopyOnWriteArrayList<>();

    private QemuVersion version;
    private long commands;
    private volatile IOException end;

    private QmpClient(Path socket, Duration patience, SocketChannel channel) {
        this.socket = socket;
        this.patience = patience;
        this.channel = channel;
    }

    /**
     * Connects to the monitor at {@code socket}, and leaves the negotiation mode that a session begins in.
     *
     * @param patience how long QEMU may take over each answer
     * @throws IOException if nobody listens there, or it is not a QMP monitor that is free; the message says which
     */
    public static QmpClient connect(Path socket, Duration patience) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException | IllegalArgumentException e) {
            channel.close();
            throw new IOException("no QEMU listens at " + socket + " (" + e.getMessage() + ")", e);
        }
        QmpClient client = new QmpClient(socket, patience, channel);
        try {
            client.negotiate();
            return client;
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    /** The version of QEMU. */
    public QemuVersion version() {
        return version;
    }

    /** Has {@code listener} hear of events from now on, on the reading thread: it must not give commands there. */
    public void onEvent(Consumer<QmpEvent> listener) {
        listeners.add(listener);
    }

    /** Executes a command without arguments; as {@link #execute(String, Map)}. */
    public JsonNode execute(String command) throws IOException {
        return execute(command, Map.of());
    }

    /**
     * Executes a command.
     *
     * @param arguments values as Jackson makes JSON of them
     * @return what QEMU returned
     * @throws QmpException if QEMU refused
     * @throws InterruptedIOException if the thread is interrupted, which stays so
     * @throws IOException if QEMU is gone or does not answer in time; nothing more can be asked of this session
     */
    public synchronized JsonNode execute(String command, Map<String, ?> arguments) throws IOException {
        long id = ++commands;
        ObjectNode request = JSON.createObjectNode().put("execute", command).put("id", id);
        if (!arguments.isEmpty()) {
            request.set("arguments", JSON.valueToTree(arguments));
        }
        write(ByteBuffer.wrap((request + "\n").getBytes(UTF_8)));
        JsonNode answer = awaitAnswer(command, id);
        JsonNode error = answer.get("error");
        if (error != null) {
            throw new QmpException(
                    command, error.path("class").asText(), error.path("desc").asText("no reason given"));
        }
        return answer.path("return");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** An interrupt during a write would close the channel: the session is to outlive it. */
    private void write(ByteBuffer bytes) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void negotiate() throws IOException {
        Thread reader = new Thread(this::read, "godwit-qmp");
        reader.setDaemon(true);
        reader.start();
        JsonNode number = awaitGreeting().path("QMP").path("version").path("qemu");
        version = new QemuVersion(
                number.path("major").asInt(),
                number.path("minor").asInt(),
                number.path("micro").asInt());
        execute("qmp_capabilities");
    }

    private JsonNode awaitGreeting() throws IOException {
        try {
            return greeting.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException(
                    "QEMU at " + socket + " does not greet within " + patience.toMillis()
                            + " ms: a monitor serves one client at a time; close the other one, or give QEMU another"
                            + " -qmp socket",
                    e);
        } catch (ExecutionException e) {
            throw new IOException(
                    socket + " is not QEMU's monitor: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private JsonNode awaitAnswer(String command, long id) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (true) {
                JsonNode answer = answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (answer == null) {
                    throw new IOException("QEMU at " + socket + " does not answer " + command + " within "
                            + patience.toMillis() + " ms");
                }
                if (answer.isMissingNode()) {
                    // For whoever asks next.
                    answers.add(answer);
                    throw new IOException("QEMU at " + socket + " is gone: " + end.getMessage(), end);
                }
                // An answer that comes too late belongs to a command that was given up.
                if (answer.path("id").asLong() == id) {
                    return answer;
                }
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static InterruptedIOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        InterruptedIOException failure = new InterruptedIOException("interrupted while waiting for QEMU");
        failure.initCause(cause);
        return failure;
    }

    /** Body of the reading thread. */
    private void read() {
        try {
            readMessages();
        } catch (IOException | RuntimeException e) {
            end = e instanceof IOException io ? io : new IOException(e);
            greeting.completeExceptionally(end);
            answers.add(JsonNodeFactory.instance.missingNode());
        }
    }

    private void readMessages() throws IOException {
        ByteBuffer input = ByteBuffer.allocate(READ_BYTES);
        while (true) {
            if (channel.read(input) < 0) {
                throw new EOFException("it closed its monitor");
            }
            int start = 0;
            for (int at = 0; at < input.position(); at++) {
                if (input.get(at) == '\n') {
                    take(new String(input.array(), start, at - start, UTF_8));
                    start = at + 1;
                }
            }
            input = keep(input, start);
        }
    }

    /** What follows the last whole message, with room behind it. */
    private static ByteBuffer keep(ByteBuffer input, int start) throws IOException {
        input.limit(input.position()).position(start);
        if (input.remaining() > MAX_MESSAGE_BYTES) {
            throw new IOException("it sent a message of more than " + MAX_MESSAGE_BYTES + " bytes");
        }
        if (input.remaining() <= input.capacity() / 2) {
            return input.compact();
        }
        return ByteBuffer.allocate(2 * input.capacity()).put(input);
    }

    private void take(String line) throws IOException {
        if (line.isBlank()) {
            return;
        }
        JsonNode message = parse(line);
        if (message.has("QMP")) {
            greeting.complete(message);
        } else if (message.has("event")) {
            tell(message);
        } else if (message.has("return") || message.has("error")) {
            answers.add(message);
        } else {
            throw new IOException("it sent a message that is neither answer nor event");
        }
    }

    private static JsonNode parse(String line) throws IOException {
        try {
            JsonNode message = JSON.readTree(line);
            if (message.isObject()) {
                return message;
            }
        } catch (JsonProcessingException e) {
            throw new IOException("it sent a message that is not JSON", e);
        }
        throw new IOException("it sent a message that is not an object");
    }

    private void tell(JsonNode message) {
        JsonNode time = message.path("timestamp");
        JsonNode data = message.path("data");
        QmpEvent event = new QmpEvent(
                message.path("event").asText(),
                data.isObject() ? data : JSON.createObjectNode(),
                TimeUnit.SECONDS.toMicros(time.path("seconds").asLong())
                        + time.path("microseconds").asLong());
        for (Consumer<QmpEvent> listener : listeners) {
            try {
                listener.accept(event);
            } catch (RuntimeException e) {
                LOG.warn("A listener failed at event {}", event.name(), e);
            }
        }
    }
}
