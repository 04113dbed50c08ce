package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Roles as processes of their own: they stop cleanly when they are told to, and go on where they were killed. */
@Timeout(180)
class SignalTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SIGTERM = 143;

    @TempDir
    Path temp;

    @Test
    void rolesStopCleanlyOnSigtermAndSayHowTheyEnded() throws Exception {
        try (CommandProcess broker = broker("--json");
                CommandProcess transformer = role("transform", "--json", "--bootstrap-server", address(broker))) {
            transformer.await("Transformer ready");
            try (CommandProcess receiver = role(
                            "receive",
                            "slow",
                            "--json",
                            "--bootstrap-server",
                            address(broker),
                            "--ram-dir",
                            temp.resolve("target").toString());
                    CommandProcess sender = role(
                            "send",
                            "slow",
                            "--json",
                            "--bootstrap-server",
                            address(broker),
                            "--synthetic",
                            "memory=256M,random=100",
                            "--max-bandwidth",
                            "1M")) {
                receiver.await("MiB of 256 MiB");
                assertThat(stop(sender).get("status").asText()).isEqualTo("interrupted");
                assertThat(stop(receiver).get("status").asText()).isEqualTo("interrupted");
            }
            assertThat(CommandRun.of("list", "--bootstrap-server", address(broker))
                            .out())
                    .contains("slow", "interrupted");
            assertThat(stop(transformer).get("records").asLong()).isPositive();
            assertThat(stop(broker).get("status").asText()).isEqualTo("stopped");
        }
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void aKilledBrokerStartsAgainOnItsDataAtOnce() throws Exception {
        try (CommandProcess broker = broker()) {
            address(broker);
            broker.kill();
        }

        try (CommandProcess broker = broker()) {
            assertThat(CommandRun.of("list", "--bootstrap-server", address(broker))
                            .status())
                    .isZero();
        }
    }

    @Test
    void aDemoThatIsStoppedLeavesNothingBehind() throws Exception {
        try (CommandProcess demo = role("demo", "--guest", "synthetic", "--memory", "256M")) {
            demo.await("(sending|waiting target|late target), round");
            demo.terminate();

            assertThat(demo.exitCode()).isEqualTo(SIGTERM);
            assertThat(demo.err()).contains("godwit: stopped").doesNotContain("\tat ");
        }
        assertThat(leftBehind()).isEmpty();
    }

    private CommandProcess broker(String... more) throws IOException {
        List<String> arguments = Stream.concat(
                        Stream.of(
                                "broker",
                                "--port",
                                "0",
                                "--data-dir",
                                temp.resolve("broker").toString()),
                        Stream.of(more))
                .toList();
        return role(arguments.toArray(new String[0]));
    }

    private CommandProcess role(String... arguments) throws IOException {
        return CommandProcess.start(temp, arguments);
    }

    private static String address(CommandProcess broker) {
        return broker.await("--bootstrap-server (127\\.0\\.0\\.1:\\d+)").group(1);
    }

    private static JsonNode stop(CommandProcess role) throws Exception {
        role.terminate();
        assertThat(role.exitCode()).isEqualTo(SIGTERM);
        return JSON.readTree(role.out());
    }

    /** Temporary directories of roles. */
    private List<Path> leftBehind() throws IOException {
        try (Stream<Path> files = Files.list(temp)) {
            return files.filter(file -> file.getFileName().toString().startsWith("godwit-"))
                    .toList();
        }
    }
}
