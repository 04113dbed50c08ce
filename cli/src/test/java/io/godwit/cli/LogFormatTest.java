package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

            List<JsonNode> events = events(send);
            JsonNode failure = events.get(events.size() - 1);
            assertThat(failure.get("level").asText()).isEqualTo("ERROR");
            assertThat(failure.get("logger").asText()).isEqualTo("godwit");
            assertThat(failure.get("migration").asText()).isEqualTo("vm1");
            assertThat(failure.get("message").asText()).contains("nowhere");
            assertThat(send.out()).isEmpty();
        }
    }

    @Test
    void asJsonAMigrationThatAnOptionNamesIsAKeyToo() throws Exception {
        try (CommandProcess add = log(
                "checkpoint",
                "add",
                "base",
                "--migration=vm1",
                "--checkpoint-dir=" + temp + "/checkpoints",
                "--bootstrap-server=127.0.0.1:1")) {
            assertThat(add.exitCode()).isEqualTo(1);
            assertThat(events(add)).isNotEmpty().allSatisfy(event -> assertThat(
                            event.path("migration").asText())
                    .isEqualTo("vm1"));
        }
    }

    @Test
    void asJsonWrongUsageIsAnEventToo() throws Exception {
        for (String[] format : new String[][] {{"--log-format", "JSON"}, {"--log-format=json"}}) {
            String[] wrong = Stream.concat(
                            Stream.of("list", "--bootstrap-server", "localhost:9092", "--wrong"), Stream.of(format))
                    .toArray(String[]::new);
            try (CommandProcess list = CommandProcess.start(temp, wrong)) {
                assertThat(list.exitCode()).isEqualTo(2);
                assertThat(events(list)).singleElement().satisfies(event -> assertThat(
                                event.get("message").asText())
                        .contains("--wrong", "Try 'godwit list --help'"));
            }
        }
    }

    @Test
    void asJsonARoleSaysInEventsThatItIsReady() throws Exception {
        String dataDir = temp.resolve("broker").toString();
        try (CommandProcess broker = CommandProcess.start(
                temp,
                "broker",
                "--port=0",
                "--data-dir=" + dataDir,
                "--metrics-port=0",
                "--json",
                "--verbose",
                "--log-format=json")) {
            broker.await("Stop it with Ctrl-C");
            broker.terminate();
            broker.exitCode();

            assertThat(events(broker))
                    .extracting(event -> event.get("message").asText())
                    .anyMatch(message -> message.startsWith("Metrics ready: http://"))
                    .anyMatch(message -> message.startsWith("Broker ready: --bootstrap-server "))
                    .anyMatch(message -> message.startsWith("Data in " + dataDir));
        }
    }

    @Test
    void asJsonAllThatACommandLogsIsOfItsMigrationUntilItHasStopped() throws Exception {
        try (CommandProcess broker =
                CommandProcess.start(temp, "broker", "--port=0", "--data-dir=" + temp + "/broker")) {
            String cluster = "--bootstrap-server="
                    + broker.await("--bootstrap-server (\\S+)").group(1);
            try (CommandProcess transformer = log("transform", cluster);
                    CommandProcess receiver = log("receive", "vm1", cluster, "--ram-dir=" + temp + "/target");
                    CommandProcess sender =
                            log("send", "vm1", cluster, "--synthetic=memory=64M,random=100", "--max-bandwidth=1M")) {
                // It is made once the stream has begun.
                await().atMost(Duration.ofSeconds(60)).until(() -> Files.isDirectory(temp.resolve("target")));
                for (CommandProcess role : List.of(sender, receiver, transformer)) {
                    role.terminate();
                    role.exitCode();
                }

                for (CommandProcess role : List.of(sender, receiver)) {
                    assertThat(events(role)).hasSizeGreaterThan(10).allSatisfy(event -> assertThat(
                                    event.path("migration").asText())
                            .as(event.toString())
                            .isEqualTo("vm1"));
                }
                assertThat(events(transformer)).isNotEmpty();
            }
        }
    }

    @Test
    void asTextAFailureIsALineForPeople() throws Exception {
        try (CommandProcess send = send()) {
            assertThat(send.exitCode()).isEqualTo(1);
            assertThat(send.err()).startsWith("godwit: ").contains("nowhere");
        }
    }

    private CommandProcess log(String... arguments) throws Exception {
        return CommandProcess.start(
                temp,
                Stream.concat(Stream.of(arguments), Stream.of("--verbose", "--log-format=json"))
                        .toArray(String[]::new));
    }

    /** All that is on its stderr. */
    private static List<JsonNode> events(CommandProcess command) throws Exception {
        List<JsonNode> events = new ArrayList<>();
        for (String line : command.err().lines().toList()) {
            JsonNode event = JSON.readTree(line);
            assertThat(event.isObject()).as(line).isTrue();
            events.add(event);
        }
        return events;
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
