package io.godwit.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.godwit.cli.Godwit;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/containers.md has an operator do: bring it all up, send once, receive once, look at it. */
@Timeout(1500)
class ComposeTest {
    private static final int PAGES = 32 << 20 >> 12;
    private static final Duration LIMIT = Duration.ofMinutes(4);

    @TempDir
    Path temp;

    /** What a command of this machine did. */
    private record Run(int status, String out, String err) {}

    @Test
    void everyPartHasAVersionAndALimitAndIsOpenToThisMachineAlone() {
        ComposeFile file = ComposeFile.read();

        assertThat(file.services()).isNotEmpty().allSatisfy(service -> {
            boolean ours = file.service(service).containsKey("build");
            assertThat(file.image(service)).matches(ours ? "godwit:\\S+" : "[^:]+:v?\\d+\\.\\d+\\.\\d+");
            assertThat(file.service(service)).containsKey("mem_limit");
            Object ports = file.service(service).getOrDefault("ports", List.of());
            assertThat((List<?>) ports)
                    .allSatisfy(port -> assertThat(port.toString()).startsWith("127.0.0.1:"));
        });
    }

    @Test
    @NeedsDocker
    void aMigrationRunsAgainstItFromThisMachineAndIsSeen() throws Exception {
        try (ComposeProject project = ComposeProject.up()) {
            Path source = RamFiles.write(temp.resolve("source"), PAGES, 7);
            Path target = temp.resolve("target");
            CompletableFuture<Run> receiving = CompletableFuture.supplyAsync(
                    () -> godwit(project, "receive", "vm1", "--ram-dir", target.toString()));

            Run sent = godwit(project, "send", "vm1", "--ram-dir", source.toString());
            assertThat(sent.status).as(sent.err).isZero();
            Run received = receiving.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(received.status).as(received.err).isZero();
            assertThat(RamFiles.hashes(target)).hasSize(2).isEqualTo(RamFiles.hashes(source));

            assertThat(Scrape.get(project.registry("/subjects")).body())
                    .contains("\"io.godwit.StreamRecord\"", "\"io.godwit.MigrationStatus\"");
            assertPrometheusAnswersTheDashboard(project);
        }
    }

    private static void assertPrometheusAnswersTheDashboard(ComposeProject project) throws Exception {
        await("both transformers are scraped")
                .atMost(LIMIT)
                .until(() -> value(query(project, "sum(up{job=\"transform\"})")) == 2);
        await("and have seen the memory go by")
                .atMost(LIMIT)
                .until(() -> value(query(project, "sum(godwit_transform_pages_total)")) >= PAGES + PAGES / 16);
        for (String query : Dashboard.read().queries()) {
            JsonNode answer = query(project, query.replace("$__rate_interval", "1m"));
            assertThat(answer.get("status").asText()).as(query + answer).isEqualTo("success");
        }
    }

    private static JsonNode query(ComposeProject project, String query) throws Exception {
        URI uri = project.prometheus("/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        return new ObjectMapper().readTree(Scrape.get(uri).body());
    }

    /** Of an answer that is one number; 0 while there is none. */
    private static double value(JsonNode answer) {
        JsonNode result = answer.path("data").path("result");
        return result.isEmpty() ? 0 : result.get(0).get("value").get(1).asDouble();
    }

    private static Run godwit(ComposeProject project, String... words) {
        String[] all =
                Stream.concat(Stream.of(words), project.options().stream()).toArray(String[]::new);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Godwit.run(new PrintWriter(out, true), new PrintWriter(err, true), all);
        return new Run(status, out.toString(), err.toString());
    }
}
