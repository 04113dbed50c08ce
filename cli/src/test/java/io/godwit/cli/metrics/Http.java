package io.godwit.cli.metrics;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks a metrics server, as Prometheus and a probe do. */
public final class Http {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private Http() {}

    /** Asks for {@code path} of the server whose metrics are at {@code metrics}. */
    public static HttpResponse<String> get(URI metrics, String path) throws IOException, InterruptedException {
        return CLIENT.send(request(metrics.resolve(path)).build(), BodyHandlers.ofString());
    }

    /** The same with the header {@code Accept}. */
    static HttpResponse<String> get(URI metrics, String path, String accept) throws IOException, InterruptedException {
        return CLIENT.send(
                request(metrics.resolve(path)).header("Accept", accept).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(URI uri) {
        return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20));
    }
}
