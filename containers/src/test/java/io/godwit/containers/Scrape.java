package io.godwit.containers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a role says of itself over HTTP. */
record Scrape(String text) {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /** Of the metrics at this port of this machine. */
    static Scrape of(int port) throws IOException, InterruptedException {
        return new Scrape(
                get(URI.create("http://localhost:" + port + "/metrics")).body());
    }

    static HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString());
    }

    /** The sum of a metric's samples, whatever their labels; 0 where there is none. */
    double sum(String name) {
        return sum(name, "");
    }

    /** The sum of the samples that have this label. */
    double sum(String name, String label) {
        Matcher samples = samples(name);
        double sum = 0;
        while (samples.find()) {
            if (samples.group().contains(label)) {
                sum += Double.parseDouble(samples.group(1));
            }
        }
        return sum;
    }

    /** How many samples a metric has. */
    long count(String name) {
        return samples(name).results().count();
    }

    private Matcher samples(String name) {
        return Pattern.compile("^" + name + "(?:\\{[^}]*})? (\\S+)$", Pattern.MULTILINE)
                .matcher(text);
    }
}
