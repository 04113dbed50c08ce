package io.godwit.qemu.qmp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class QmpClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final String GREETING =
            "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 2, \"minor\": 0, \"major\": 10}}, \"capabilities\": []}}\n";

    @TempDir
    private Path directory;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    @Test
    void aCommandIsAnsweredBesideEventsAndLateAnswers() throws Exception {
        Path socket = monitor(request -> "{\"return\": {\"late\": true}, \"id\": 0}\n"
                + "{\"event\": \"STOP\", \"timestamp\": {\"seconds\": 5, \"microseconds\": 7}}\r\n"
                + answer(request, "{\"status\": \"running\"}"));
        QmpClient qmp = connect(socket, PATIENCE);
        List<QmpEvent> heard = Collections.synchronizedList(new ArrayList<>());
        qmp.onEvent(heard::add);

        assertThat(qmp.execute("query-status", Map.of("a", List.of(1, true)))
                        .path("status")
                        .asText())
                .isEqualTo("running");
        assertThat(qmp.version()).isEqualTo(new QemuVersion(10, 0, 2));
        await().untilAsserted(() -> assertThat(heard)
                .extracting(QmpEvent::name, QmpEvent::atMicros)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("STOP", 5_000_007L)));
    }

    @Test
    void aRefusalIsQemusOwnWord() throws Exception {
        Path socket =
                monitor(request -> "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"no such thing\"}, \"id\": "
                        + request.get("id") + "}\n");
        QmpClient qmp = connect(socket, PATIENCE);

        assertThatExceptionOfType(QmpException.class)
                .isThrownBy(() -> qmp.execute("dance"))
                .withMessage("QEMU refuses dance: no such thing")
                .satisfies(e -> assertThat(e.isUnknownCommand()).isTrue());
    }

    @Test
    void aQemuThatHangsIsNotWaitedForEver() throws Exception {
        QmpClient qmp = connect(monitor(request -> ""), SHORT);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> qmp.execute("query-status"))
                .withMessageContaining("does not answer query-status within 100 ms");
    }

    @Test
    void aMonitorThatIsTakenSaysSo() throws Exception {
        Path socket = server(channel -> new CountDownLatch(1).await());

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> QmpClient.connect(socket, SHORT))
                .withMessageContaining("serves one client at a time");
    }

    @Test
    void nobodyThereSaysSo() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> QmpClient.connect(directory.resolve("none"), PATIENCE))
                .withMessageContaining("no QEMU listens at " + directory.resolve("none"));
    }

    @Test
    void aQemuThatDiesIsNoticedByWhoeverAsks() throws Exception {
        Path socket = server(channel -> {
            write(channel, GREETING);
            BufferedReader requests = reader(channel);
            write(channel, answer(parse(requests.readLine()), "{}"));
            requests.readLine();
            channel.close();
        });
        QmpClient qmp = connect(socket, PATIENCE);

        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> qmp.execute("query-status"))
                    .satisfies(e -> assertThat(e).hasMessageMatching(".*(is gone|Broken pipe).*"));
        }
    }

    @Test
    void whateverBytesComeEndInAnErrorAndNothingElse() throws Exception {
        Random random = new Random(4);
        for (int i = 0; i < 40; i++) {
            byte[] noise = new byte[1 + random.nextInt(300)];
            random.nextBytes(noise);
            boolean afterGreeting = i % 2 == 0;
            Path socket = server(channel -> {
                if (afterGreeting) {
                    write(channel, GREETING);
                }
                channel.write(ByteBuffer.wrap(noise));
                write(channel, "\n");
                channel.shutdownOutput();
            });

            assertThatExceptionOfType(IOException.class).isThrownBy(() -> QmpClient.connect(socket, PATIENCE));
        }
    }

    @Test
    void aMessageWithoutEndIsBounded() throws Exception {
        Path socket = server(channel -> {
            byte[] spaces = new byte[1 << 20];
            java.util.Arrays.fill(spaces, (byte) ' ');
            for (int sent = 0; sent <= QmpClient.MAX_MESSAGE_BYTES + spaces.length; sent += spaces.length) {
                ByteBuffer piece = ByteBuffer.wrap(spaces);
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
            }
            new CountDownLatch(1).await();
        });

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> QmpClient.connect(socket, PATIENCE))
                .withMessageContaining("more than " + QmpClient.MAX_MESSAGE_BYTES);
    }

    private QmpClient connect(Path socket, Duration patience) throws IOException {
        QmpClient qmp = QmpClient.connect(socket, patience);
        open.add(qmp);
        return qmp;
    }

    /** A monitor that answers the negotiation, and everything else with {@code answers}. */
    private Path monitor(Function<JsonNode, String> answers) throws IOException {
        return server(channel -> {
            write(channel, GREETING);
            BufferedReader requests = reader(channel);
            write(channel, answer(parse(requests.readLine()), "{}"));
            for (String line = requests.readLine(); line != null; line = requests.readLine()) {
                write(channel, answers.apply(parse(line)));
            }
        });
    }

    private interface Session {
        void serve(SocketChannel channel) throws IOException, InterruptedException;
    }

    private Path server(Session session) throws IOException {
        Path socket = directory.resolve("qmp-" + open.size());
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        open.add(server);
        Thread thread = new Thread(() -> {
            try (SocketChannel channel = server.accept()) {
                session.serve(channel);
            } catch (IOException | InterruptedException e) {
                // The client is gone, or the test is over.
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
        open.add(thread::interrupt);
        return socket;
    }

    private static BufferedReader reader(SocketChannel channel) {
        return new BufferedReader(Channels.newReader(channel, UTF_8));
    }

    private static void write(SocketChannel channel, String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    private static JsonNode parse(String line) throws IOException {
        return new ObjectMapper().readTree(line);
    }

    private static String answer(JsonNode request, String value) {
        return "{\"return\": " + value + ", \"id\": " + request.get("id") + "}\n";
    }
}
