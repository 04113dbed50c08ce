package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a command logs, in a process of its own: logging is set up once in one. */
@Timeout(120)
class LogFormatTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path temp;

    @Test
    void asJsonEvenAFailureIsAnEventOfItsMigration() throws Exception {
        try (CommandProcess send = send("--log-format", "json")) {
            assertThat(send.exitCode()).isEqualTo(1);

            List<String> lines = send.err().lines().toList();
            for (String line : lines) {
                assertThat(JSON.readTree(line).isObject()).as(line).isTrue();
            }
            JsonNode failure = JSON.readTree(lines.get(lines.size() - 1));
            assertThat(failure.get("level").asText()).isEqualTo("ERROR");
            assertThat(failure.get("logger").asText()).isEqualTo("godwit");
            assertThat(failure.get("migration").asText()).isEqualTo("vm1");
            assertThat(failure.get("message").asText()).contains("nowhere");
            assertThat(send.out()).isEmpty();
        }
    }

    @Test
    void asTextAFailureIsALineForPeople() throws Exception {
        try (CommandProcess send = send()) {
            assertThat(send.exitCode()).isEqualTo(1);
            assertThat(send.err()).startsWith("godwit: ").contains("nowhere");
        }
    }

    private CommandProcess send(String... more) throws Exception {
        Stream<String> send = Stream.of(
                "send",
                "vm1",
                "--bootstrap-server",
                "127.0.0.1:1",
                "--ram-dir",
                temp.resolve("nowhere").toString());
        return CommandProcess.start(temp, Stream.concat(send, Stream.of(more)).toArray(String[]::new));
    }
}
