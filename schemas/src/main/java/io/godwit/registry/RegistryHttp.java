package io.godwit.registry;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Asks a registry: its URLs in turn, round after round, until one answers or patience is over. An answer is bounded in time and
 * length; one of 5xx, 429, or without JSON counts as none. Redirections are not followed: credentials are for who was named.
 * Any thread may call it.
 */
final class RegistryHttp {
    /** Longest answer: a schema has a few kilobytes. */
    static final int MAX_ANSWER_BYTES = 1 << 20;

    private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
    private static final long PAUSE_MILLIS = 500;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int FIRST_REDIRECTION = 300;
    private static final int FIRST_REFUSAL = 400;
    private static final int FIRST_FAILURE = 500;
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What a registry says.
     *
     * @param status of HTTP, below 500
     * @param url who says it
     */
    record Answer(int status, JsonNode body, RegistryUrl url) {
        boolean isOk() {
            return status < FIRST_REDIRECTION;
        }

        /** The registry's own words, for messages. */
        String message() {
            String message = body.path("message").asText("");
            return status + (message.isBlank() ? "" : ": " + message.strip());
        }
    }

    private final List<RegistryUrl> urls;
    private final RegistryConfig config;
    private final HttpClient http;
    private final Duration patience;
    private final Duration requestLimit;
    /** Place in {@link #urls} of who answered last, and is asked first. */
    private volatile int first;

    /**
     * @param patience how long all URLs may fail
     * @param requestLimit how long one may take to answer
     */
    RegistryHttp(List<RegistryUrl> urls, RegistryConfig config, Duration patience, Duration requestLimit) {
        this.urls = urls;
        this.config = config;
        this.patience = patience;
        this.requestLimit = requestLimit;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_LIMIT);
        if (urls.stream().anyMatch(RegistryUrl::isTls)) {
            builder.sslContext(config.tls());
        }
        http = builder.build();
    }

    /** The URLs, for messages. */
    String name() {
        return urls.stream().map(RegistryUrl::toString).collect(Collectors.joining(", "));
    }

    Answer get(String path) {
        return ask(path, "GET", Optional.empty());
    }

    Answer post(String path, Map<String, String> body) {
        return ask(path, "POST", Optional.of(body));
    }

    Answer put(String path, Map<String, String> body) {
        return ask(path, "PUT", Optional.of(body));
    }

    private Answer ask(String path, String method, Optional<Map<String, String>> body) {
        long deadline = System.nanoTime() + patience.toNanos();
        Map<RegistryUrl, String> tried = new LinkedHashMap<>();
        while (true) {
            int begin = first;
            for (int turn = 0; turn < urls.size(); turn++) {
                int place = (begin + turn) % urls.size();
                RegistryUrl url = urls.get(place);
                try {
                    Answer answer = answer(url, request(url, path, method, body));
                    first = place;
                    return answer;
                } catch (IOException e) {
                    tried.put(url, e.getMessage());
                }
            }
            if (System.nanoTime() - deadline >= 0) {
                throw unreachable(tried);
            }
            pause();
        }
    }

    private RegistryException unreachable(Map<RegistryUrl, String> tried) {
        String each = tried.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining("; "));
        return new RegistryException("no schema registry answers (" + each + "; tried for " + patience.toSeconds()
                + " s); check --schema-registry and that it runs, then try again");
    }

    private HttpRequest request(RegistryUrl url, String path, String method, Optional<Map<String, String>> body)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path))
                .timeout(requestLimit)
                .header("Accept", MEDIA_TYPE)
                .header("Content-Type", MEDIA_TYPE);
        authorization(url).ifPresent(value -> request.header("Authorization", value));
        return body.isEmpty()
                ? request.method(method, BodyPublishers.noBody()).build()
                : request.method(method, BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body.get())))
                        .build();
    }

    private Optional<String> authorization(RegistryUrl url) {
        if (config.token().isPresent()) {
            return config.token().map(token -> "Bearer " + token);
        }
        return config.userInfo()
                .or(url::userInfo)
                .map(userInfo ->
                        "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8)));
    }

    /** @throws IOException if the answer is none; its message follows the URL in a sentence */
    private Answer answer(RegistryUrl url, HttpRequest request) throws IOException {
        HttpResponse<byte[]> response = send(request);
        int status = response.statusCode();
        if (status >= FIRST_FAILURE || status == TOO_MANY_REQUESTS) {
            throw new IOException("answers with status " + status);
        }
        if (status >= FIRST_REDIRECTION && status < FIRST_REFUSAL) {
            throw new IOException("redirects (status " + status + "), which is not followed");
        }
        try {
            JsonNode body = JSON.readTree(response.body());
            if (body.isObject()) {
                return new Answer(status, body, url);
            }
        } catch (JacksonException e) {
            // What a proxy or a wrong port says of a request that it refuses is told by its status.
            if (status < FIRST_REFUSAL) {
                throw new IOException("answers without JSON: is it a schema registry?", e);
            }
        }
        if (status < FIRST_REFUSAL) {
            throw new IOException("answers without a JSON object: is it a schema registry?");
        }
        return new Answer(status, JSON.createObjectNode(), url);
    }

    private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> sent =
                http.sendAsync(request, response -> new BoundedBody(MAX_ANSWER_BYTES));
        try {
            // The request's own limit ends with the answer's first bytes.
            return sent.get(requestLimit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(reason(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            sent.cancel(true);
            throw new IOException("does not answer within " + requestLimit.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            sent.cancel(true);
            throw new InterruptException(e);
        }
    }

    private String reason(Throwable failure) {
        if (failure instanceof HttpTimeoutException) {
            return "does not answer within " + requestLimit.toMillis() + " ms";
        }
        if (failure instanceof ConnectException) {
            return "cannot be connected to";
        }
        if (failure instanceof SSLException) {
            return "cannot be trusted, or does not trust us (" + failure.getMessage()
                    + "; check ssl.truststore.* and ssl.keystore.* in --command-config)";
        }
        return "fails: " + (failure.getMessage() == null ? failure.toString() : failure.getMessage());
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
