package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.access.Role;
import io.godwit.cli.broker.SecuredBroker;
import io.godwit.cli.broker.TestCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands as processes of their own at a cluster that refuses them, with all that they log: one line, and never a secret. */
@Timeout(300)
class SecuredProcessTest {
    private static final String STRANGER = "stranger";
    private static final String TRANSFORMER = "transformer";
    /** In all passwords that are used here, right or wrong. */
    private static final String SECRET = "xyzzy";

    private static final String LOG_LEVEL = "godwit.log.level";

    @TempDir
    static Path directory;

    private static SecuredCluster cluster;

    @TempDir
    Path temp;

    /** What a command that has ended has said. */
    private record Ended(int status, String out, String err) {}

    @BeforeAll
    static void start() throws Exception {
        cluster = SecuredCluster.start(directory);
        cluster.addUser(STRANGER);
        cluster.addUser(TRANSFORMER);
        cluster.allow(TRANSFORMER, Role.TRANSFORMER.grants());
        TestMemory.mixed(16, 1).save(directory.resolve("memory"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    static Stream<Arguments> commands() {
        return Stream.of(
                Arguments.of("WRITE on topic godwit.pages", words("send vm --ram-dir " + directory.resolve("memory"))),
                Arguments.of(
                        "READ on topic godwit.stream.vm", words("receive vm --ram-dir " + directory.resolve("to"))),
                Arguments.of("READ on topic godwit.pages", words("transform --page-cache-size 1M")),
                Arguments.of("READ on topic godwit.migrations", words("list")));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandWithoutARightEndsWithOneLine(String right, String[] command) throws Exception {
        Ended ended = run(Map.of(), cluster.as(STRANGER, command));

        assertThat(ended.status()).as(ended.err()).isEqualTo(1);
        assertRefused(ended, "it needs " + right);
        assertThat(ended.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"WARN", "INFO", "DEBUG"})
    void aWrongPasswordIsOneLineAndIsNotTold(String level) throws Exception {
        Map<String, String> wrong = new HashMap<>(cluster.properties(STRANGER));
        wrong.put("sasl.jaas.config", SecuredBroker.login(STRANGER, "a wrong xyzzy"));

        Ended ended = list(level, wrong);

        assertThat(ended.status()).isEqualTo(1);
        assertNoSecretIn(ended);
        assertThat(ended.err())
                .contains("godwit: the cluster does not let this client in (")
                .contains("check user, password and sasl.mechanism of --command-config");
        if (level.equals("WARN")) {
            assertRefused(ended, "the cluster does not let this client in (");
        }
    }

    @Test
    void aLoginThatCannotBeParsedIsNotQuoted() throws Exception {
        Map<String, String> unquoted = new HashMap<>(cluster.properties(STRANGER));
        unquoted.replace("sasl.jaas.config", unquoted.get("sasl.jaas.config").replace("\"", ""));

        Ended ended = list("DEBUG", unquoted);

        assertThat(ended.status()).isEqualTo(1);
        assertNoSecretIn(ended);
        assertThat(ended.err()).contains("sasl.jaas.config of --command-config cannot be parsed");
    }

    @Test
    void aKeyThatCannotBeOpenedIsNamedWithoutItsPassword() throws Exception {
        TestCertificate other = TestCertificate.make(temp, "another xyzzy");
        Map<String, String> locked = new HashMap<>(cluster.properties(STRANGER));
        locked.put("ssl.keystore.type", "PKCS12");
        locked.put("ssl.keystore.location", other.keyStore().toString());
        locked.put("ssl.keystore.password", "not that xyzzy");

        Ended ended = list("DEBUG", locked);

        assertThat(ended.status()).isEqualTo(1);
        assertNoSecretIn(ended);
        assertThat(ended.err()).contains(other.keyStore().toString(), "--command-config");
    }

    @Test
    void aClusterThatIsNotTrustedIsOneLine() throws Exception {
        TestCertificate other = TestCertificate.make(temp, "another xyzzy");
        Map<String, String> distrusting = new HashMap<>(cluster.properties(STRANGER));
        distrusting.put("ssl.truststore.location", other.authority().toString());

        Ended ended = list("WARN", distrusting);

        assertThat(ended.status()).isEqualTo(1);
        assertRefused(ended, "the cluster cannot be talked to over TLS (");
        assertRefused(ended, "check the ssl. settings of --command-config");
    }

    @Test
    void aClientWithoutSettingsIsToldWhatMayBeMissing() throws Exception {
        Ended ended = list("WARN", Map.of());

        assertThat(ended.status()).isEqualTo(1);
        // Kafka's client takes the TLS alert for the length of an answer, for which a small heap has no room.
        assertThat(ended.err().lines().reduce("", (before, line) -> line))
                .startsWith("godwit: no broker answers")
                .contains("whether it wants TLS or SASL (--command-config)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INFO", "DEBUG"})
    void atWorkNoSecretIsLogged(String level) throws Exception {
        Path passwords =
                Files.writeString(temp.resolve("passwords"), "password=" + SecuredCluster.password(TRANSFORMER));
        Map<String, String> settings = new HashMap<>(cluster.properties(TRANSFORMER));
        settings.put("sasl.jaas.config", SecuredBroker.login(TRANSFORMER, "${file:" + passwords + ":password}"));
        settings.put("config.providers", "file");
        settings.put("config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider");
        // Of a kind of client that only Kafka Streams knows.
        settings.put("main.consumer.sasl.jaas.config", settings.get("sasl.jaas.config"));
        try (RoleProcess transformer = RoleProcess.start(
                temp, Map.of(LOG_LEVEL, level), arguments(settings, words("transform --page-cache-size 1M")))) {
            transformer.awaitOutput("Transformer ready");
            transformer.signal("TERM");
            transformer.awaitExit();

            assertThat(transformer.err()).contains("sasl.jaas.config = [hidden]", "StreamsConfig values");
            assertNoSecretIn(new Ended(0, transformer.out(), transformer.err()));
        }
    }

    private Ended list(String level, Map<String, String> settings) throws Exception {
        return run(Map.of(LOG_LEVEL, level), arguments(settings, words("list")));
    }

    private static String[] arguments(Map<String, String> settings, String... command) throws Exception {
        Path config = cluster.commandConfig("of-a-test", settings);
        return Stream.concat(
                        Stream.of(command),
                        Stream.of(
                                "--bootstrap-server",
                                cluster.administered().bootstrapServers(),
                                "--command-config",
                                config.toString()))
                .toArray(String[]::new);
    }

    private Ended run(Map<String, String> properties, String... arguments) throws Exception {
        try (RoleProcess process = RoleProcess.start(temp, properties, arguments)) {
            int status = process.awaitExit();
            return new Ended(status, process.out(), process.err());
        }
    }

    /** Says so once, and besides that at most what it is doing. */
    private static void assertRefused(Ended ended, String message) {
        assertThat(ended.err().lines()).allMatch(line -> line.startsWith("godwit"));
        assertThat(ended.err().lines().filter(line -> line.startsWith("godwit: ")))
                .singleElement()
                .asString()
                .contains(message);
    }

    private static void assertNoSecretIn(Ended ended) {
        assertThat(ended.out()).doesNotContainIgnoringCase(SECRET);
        assertThat(ended.err()).doesNotContainIgnoringCase(SECRET);
    }

    private static String[] words(String command) {
        return command.split(" ");
    }
}
