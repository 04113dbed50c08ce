package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a command says before it does anything: help, version, wrong usage. */
class UsageTest {
    static Stream<Arguments> wrongUsages() {
        return Stream.of(
                usage("no command given"),
                usage("'lst'", "lst"),
                usage("--bootstrap-server", "list"),
                usage("port 70000 is not in 0..65535", "broker", "--metrics-port", "70000"),
                usage("'xml'", "list", "--bootstrap-server", "localhost:9092", "--log-format", "xml"),
                usage("'--jsn'", "list", "--bootstrap-server", "localhost:9092", "--jsn"),
                usage("MIGRATION", "describe", "--bootstrap-server", "localhost:9092"),
                usage("'a b' is not allowed", "describe", "a b", "--bootstrap-server", "localhost:9092"),
                usage("'../etc' is not allowed", "delete", "../etc", "--bootstrap-server", "localhost:9092"),
                usage("port 65536 is not in 0..65535", "broker", "--port", "65536"),
                usage("'http' is not an int", "broker", "--port", "http"),
                usage("--follow needs --pause-command and --resume-command", send("--ram-dir", "/vm", "--follow")),
                usage(
                        "--follow needs --pause-command and --resume-command",
                        send("--ram-dir", "/vm", "--follow", "--pause-command", "true", "--resume-command", " ")),
                usage("add --follow", send("--ram-dir", "/vm", "--pause-command", "true")),
                usage("--ram-dir", send("--follow", "--pause-command", "true", "--resume-command", "true")),
                usage("--synthetic", send("--synthetic", "memory=4M", "--ram-dir", "/vm", "--follow")),
                usage("--ram-dir", send()),
                usage("give --bootstrap-server to list the topics of a cluster, or --print", "topics"),
                usage("--print", "topics", "--migration", "vm1"),
                usage(
                        "min ISR 3 is over the replication factor 2",
                        "topics",
                        "--print",
                        "--replication-factor",
                        "2",
                        "--min-isr",
                        "3"),
                usage(
                        "replication factor 0 is not in 1..32767",
                        send("--synthetic", "memory=4M", "--replication-factor", "0")));
    }

    @ParameterizedTest
    @MethodSource("wrongUsages")
    void wrongUsageIsOneLineAHintAndExitCode2(String message, String[] arguments) {
        CommandRun run = CommandRun.of(arguments);

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.errLines().get(0)).startsWith("godwit: ").contains(message);
        assertThat(run.errLines().get(run.errLines().size() - 1)).startsWith("Try 'godwit");
        assertThat(run.err()).doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "broker",
                "transform",
                "send",
                "receive",
                "list",
                "describe",
                "delete",
                "topics",
                "acls",
                "completion",
                "health"
            })
    void everyCommandExplainsItself(String command) {
        CommandRun help = CommandRun.of(command, "--help");

        assertThat(help.status()).isZero();
        assertThat(help.out())
                .startsWith("Usage: godwit " + command)
                .contains("--json", "--verbose", "--log-format", "--version");
        assertThat(help.err()).isEmpty();
        assertThat(CommandRun.of("--help").out()).contains("\n  " + command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"add", "list", "remove"})
    void everyCommandForCheckpointsExplainsItself(String command) {
        CommandRun help = CommandRun.of("checkpoint", command, "--help");

        assertThat(help.status()).isZero();
        assertThat(help.out())
                .startsWith("Usage: godwit checkpoint " + command)
                .contains("--json", "--verbose", "--version", "--checkpoint-dir");
        assertThat(help.err()).isEmpty();
        assertThat(CommandRun.of("checkpoint", "--help").out()).contains("\n  " + command);
    }

    @Test
    void aMistypedCommandIsAnsweredWithTheOneThatWasMeant() {
        assertThat(CommandRun.of("lits").err()).contains("list");
    }

    @Test
    void theVersionNamesGodwitKafkaAndJava() {
        CommandRun run = CommandRun.of("--version");

        assertThat(run.status()).isZero();
        assertThat(run.out()).matches("godwit \\d\\S* \\(Kafka \\d+\\.\\d+\\.\\d+, Java \\d+\\S*\\)\\R");
    }

    private static String[] send(String... more) {
        return Stream.concat(Stream.of("send", "vm", "--bootstrap-server", "localhost:9092"), Stream.of(more))
                .toArray(String[]::new);
    }

    private static Arguments usage(String message, String... arguments) {
        return Arguments.of(message, arguments);
    }
}
