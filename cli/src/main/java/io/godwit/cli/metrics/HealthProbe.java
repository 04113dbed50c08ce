package io.godwit.cli.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.godwit.cli.failure.CommandException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;

/** Asks a {@link MetricsServer} how its role is. With what every JVM has loaded soon: it runs every few seconds. */
public final class HealthProbe {
    private static final int PATIENCE_MS = 4000;
    /** More than a server of ours says; what answers at its port may be something else. */
    private static final int ANSWER_BYTES = 1024;

    private final String host;
    private final int port;

    private HealthProbe(String host, int port) {
        this.host = host;
        this.port = port;
    }

    /** Of the role that serves at this address. */
    public static HealthProbe of(String host, int port) {
        return new HealthProbe(host, port);
    }

    /**
     * What the role says of itself.
     *
     * @param ready whether to ask if it does what it is for; else if it lives
     * @throws CommandException if it does not, or does not answer
     */
    public String ask(boolean ready) throws CommandException {
        String path = ready ? MetricsServer.READINESS : MetricsServer.HEALTH;
        try {
            URI uri = new URI("http", null, host, port, path, null, null);
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setConnectTimeout(PATIENCE_MS);
            connection.setReadTimeout(PATIENCE_MS);
            int status = connection.getResponseCode();
            String answer = body(
                    status == HttpURLConnection.HTTP_OK ? connection.getInputStream() : connection.getErrorStream());
            if (status != HttpURLConnection.HTTP_OK) {
                throw new CommandException(uri + " says " + status + (answer.isEmpty() ? "" : ": " + answer));
            }
            return answer;
        } catch (IOException | URISyntaxException | IllegalArgumentException e) {
            throw new CommandException(
                    "no role answers at port " + port + " of " + host + " (" + e.getMessage()
                            + "); was it started with this --metrics-port?",
                    e);
        }
    }

    private static String body(InputStream stream) throws IOException {
        if (stream == null) {
            return "";
        }
        try (stream) {
            return new String(stream.readNBytes(ANSWER_BYTES), UTF_8).strip();
        }
    }
}
