package io.godwit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.godwit.cli.broker.BrokerOptions;
import io.godwit.cli.broker.EmbeddedBroker;
import io.godwit.client.ClientSettings;
import io.godwit.transformer.Transformer;
import io.godwit.transformer.TransformerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** send and receive on a real broker and a real transformer: what they move, print and refuse. */
@Timeout(120)
class MigrationCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path data;

    private static EmbeddedBroker broker;
    private static Transformer transformer;

    @TempDir
    Path temp;

    @BeforeAll
    static void startCluster() throws Exception {
        broker = EmbeddedBroker.start(new BrokerOptions(0, data.resolve("broker")));
        ClientSettings clients = ClientSettings.of(broker.bootstrapServers());
        transformer = new Transformer(
                TransformerConfig.of(clients, data.resolve("state")).withPageCacheBytes(16 << 20));
        transformer.start();
    }

    @AfterAll
    static void stopCluster() {
        transformer.close();
        broker.close();
    }

    @Test
    void aRamDirectoryOfOddBlocksArrivesByteForByte() throws Exception {
        Path source = oddRamDirectory();

        CommandRun sent = run("send", "odd", "--ram-dir", source.toString(), "--json");
        CommandRun received =
                run("receive", "odd", "--ram-dir", temp.resolve("target").toString(), "--json");

        assertThat(sent.status()).as(sent.err()).isZero();
        assertThat(received.status()).as(received.err()).isZero();
        JsonNode send = report(sent);
        JsonNode receive = report(received);
        assertThat(send.get("status").asText()).isEqualTo("completed");
        assertThat(send.get("pages"))
                .as("the sender tells what the transformer made of its pages")
                .isEqualTo(receive.get("pages"));
        assertThat(send.get("bytes")).isEqualTo(receive.get("bytes"));
        assertThat(receive.get("verified").asBoolean()).isTrue();
        assertThat(receive.get("digest")).isEqualTo(send.get("digest"));
        assertThat(receive.get("downtimeMillis").isNull()).isTrue();
        for (String file : new String[] {"zero.ram", "random.ram", "page.ram"}) {
            assertThat(blockFile(temp.resolve("target"), file)).hasSameBinaryContentAs(source.resolve(file));
        }
    }

    @Test
    void aMigrationThatWasSentIsNotSentAgainUntilItIsDeleted() throws Exception {
        String[] send = {"send", "once", "--synthetic", "memory=4M,writes=0"};
        assertThat(run(send).status()).isZero();

        CommandRun again = run(send);

        assertThat(again.status()).isEqualTo(1);
        assertThat(again.errLines()).last().asString().contains("already sent completely", "godwit delete once");
        assertThat(run("delete", "once").status()).isZero();
        assertThat(run(send).status()).isZero();
    }

    @Test
    void receivingStopsAfterTheRoundThatWasAskedFor() throws Exception {
        run("send", "rounds", "--synthetic", "memory=4M,writes=0");

        CommandRun run = run(
                "receive", "rounds", "--ram-dir", temp.resolve("target").toString(), "--until-round", "1", "--json");

        assertThat(run.status()).isZero();
        assertThat(report(run).get("status").asText()).isEqualTo("stopped");
        assertThat(report(run).get("rounds").asInt()).isEqualTo(1);
        assertThat(report(run).get("verified").isNull()).isTrue();
    }

    @Test
    void theTextReportLeavesOutWhatIsNotKnown() {
        CommandRun run = run("send", "text", "--synthetic", "memory=4M,writes=0");

        assertThat(run.out()).contains("Status", "completed", "Downtime").doesNotContain("null");
    }

    @Test
    void aTargetDirectoryOfAnotherMigrationIsRefusedBeforeItIsTouched() throws Exception {
        run("send", "first", "--synthetic", "memory=4M,writes=0,seed=1");
        run("send", "second", "--synthetic", "memory=4M,writes=0,seed=2");
        Path target = temp.resolve("target");
        assertThat(run("receive", "first", "--ram-dir", target.toString()).status())
                .isZero();
        byte[] before = Files.readAllBytes(blockFile(target, "ram.ram"));

        CommandRun run = run("receive", "second", "--ram-dir", target.toString());

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.errLines()).last().asString().startsWith("godwit: ").contains("first");
        assertThat(Files.readAllBytes(blockFile(target, "ram.ram"))).isEqualTo(before);
    }

    static Stream<Arguments> wrongUsages() {
        return Stream.of(
                wrong("--ram-dir", "send", "m"),
                wrong("mutually exclusive", "send", "m", "--ram-dir", "x", "--synthetic", "memory=4M"),
                wrong("memory=64X is not a size", "send", "m", "--synthetic", "memory=64X"),
                wrong("'wings=2'", "send", "m", "--synthetic", "wings=2"),
                wrong("lane count 0", "send", "m", "--synthetic", "memory=4M", "--lanes", "0"),
                wrong("'fast' is not a size", "send", "m", "--synthetic", "memory=4M", "--max-bandwidth", "fast"),
                wrong("'30' is not a duration", "send", "m", "--synthetic", "memory=4M", "--patience", "30"),
                wrong("downtime limit", "send", "m", "--synthetic", "memory=4M", "--downtime-limit", "0"),
                wrong("retention", "send", "m", "--synthetic", "memory=4M", "--retention", "0s"),
                wrong("'a/b' is not allowed", "send", "a/b", "--synthetic", "memory=4M"),
                wrong("--ram-dir", "receive", "m"),
                wrong("round 0 is not positive", "receive", "m", "--ram-dir", "x", "--until-round", "0"),
                wrong("'huge' is not a size", "transform", "--page-cache-size", "huge"),
                wrong("thread count 0", "transform", "--threads", "0"),
                wrong("--compression", "transform", "--compression", "gzip"),
                wrong("application id is empty", "transform", "--application-id", ""),
                wrong("not a positive multiple of the page size", "demo", "--memory", "1000"),
                wrong("'lots' is not a size", "demo", "--memory", "lots"));
    }

    @ParameterizedTest
    @MethodSource("wrongUsages")
    void wrongUsageIsExitCode2AndDoesNothing(String message, String[] arguments) {
        CommandRun run = arguments[0].equals("demo") ? CommandRun.of(arguments) : run(arguments);

        assertThat(run.status()).as(run.err()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.errLines()).hasSize(2);
        assertThat(run.errLines().get(0)).startsWith("godwit: ").contains(message);
        assertThat(run.errLines().get(1)).isEqualTo("Try 'godwit " + arguments[0] + " --help'.");
    }

    @Test
    void aSourceThatIsNoneIsOneLineAndExitCode1() throws Exception {
        Path empty = Files.createDirectory(temp.resolve("empty"));
        Path odd = Files.createDirectory(temp.resolve("odd"));
        Files.write(odd.resolve("half.ram"), new byte[2048]);
        Path garbled = Files.createDirectory(temp.resolve("garbled"));
        Files.writeString(garbled.resolve("manifest.json"), "{", UTF_8);
        for (Path source : new Path[] {temp.resolve("missing"), empty, odd, garbled}) {
            CommandRun run = run("send", "none", "--ram-dir", source.toString());

            assertThat(run.status()).isEqualTo(1);
            assertThat(run.out()).isEmpty();
            assertThat(run.errLines())
                    .hasSize(1)
                    .first()
                    .asString()
                    .startsWith("godwit: ")
                    .contains(source.toString());
        }
        assertThat(run("describe", "none").status())
                .as("nothing was left half done")
                .isEqualTo(1);
    }

    private static Arguments wrong(String message, String... arguments) {
        return Arguments.of(message, arguments);
    }

    private Path oddRamDirectory() throws Exception {
        Path source = Files.createDirectory(temp.resolve("source"));
        Files.write(source.resolve("zero.ram"), new byte[3 << 20]);
        Files.write(source.resolve("page.ram"), random(4096));
        Files.write(source.resolve("random.ram"), random((5 << 20) + 4096));
        Files.writeString(
                source.resolve("manifest.json"),
                """
                {"pageSize": 4096, "blocks": [
                  {"id": "pc.ram", "length": 3145728, "file": "zero.ram"},
                  {"id": "/rom@etc/acpi/rsdp", "length": 4096, "file": "page.ram"},
                  {"id": "0000:00:02.0/vga.vram", "length": 5246976, "file": "random.ram"}]}
                """,
                UTF_8);
        return source;
    }

    private static byte[] random(int bytes) {
        byte[] content = new byte[bytes];
        new Random(7).nextBytes(content);
        return content;
    }

    /** The file of the block that {@code sourceFile} was, by the received manifest. */
    private static Path blockFile(Path target, String sourceFile) throws Exception {
        String id =
                switch (sourceFile) {
                    case "zero.ram" -> "pc.ram";
                    case "page.ram" -> "/rom@etc/acpi/rsdp";
                    case "random.ram" -> "0000:00:02.0/vga.vram";
                    default -> "ram";
                };
        for (JsonNode block :
                JSON.readTree(target.resolve("manifest.json").toFile()).get("blocks")) {
            if (block.get("id").asText().equals(id)) {
                return target.resolve(block.get("file").asText());
            }
        }
        throw new AssertionError("no block " + id);
    }

    private static JsonNode report(CommandRun run) throws Exception {
        assertThat(run.outLines()).hasSize(1);
        JsonNode report = JSON.readTree(run.out());
        assertThat(report.fieldNames())
                .toIterable()
                .containsExactly(
                        "migration",
                        "role",
                        "status",
                        "rounds",
                        "pages",
                        "bytes",
                        "durationMillis",
                        "downtimeMillis",
                        "verified",
                        "digest");
        assertThat(report.get("pages").fieldNames())
                .toIterable()
                .containsExactly("normal", "zero", "fill", "xbzrle", "hash", "unchanged");
        assertThat(report.get("bytes").fieldNames()).toIterable().containsExactly("guest", "payload", "wire");
        return report;
    }

    private static CommandRun run(String... arguments) {
        return CommandRun.of(
                Stream.concat(Stream.of(arguments), Stream.of("--bootstrap-server", broker.bootstrapServers()))
                        .toArray(String[]::new));
    }
}
