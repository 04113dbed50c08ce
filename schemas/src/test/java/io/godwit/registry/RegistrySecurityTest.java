package io.godwit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Credentials and TLS of a registry; and that no message tells a secret. */
@Timeout(60)
final class RegistrySecurityTest {
    private static final String SECRET = "s3cr3t";
    private static final String KEY_STORE_PASSWORD = "changeit";
    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(5);

    @TempDir
    Path temp;

    private FakeRegistry registry;

    @BeforeEach
    void start() throws IOException {
        registry = new FakeRegistry();
        registry.schemas.put(1, "\"int\"");
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private static RegistryClient client(String urls, Map<String, String> properties) {
        return new RegistryClient(urls, properties, true, PATIENCE, REQUEST_LIMIT);
    }

    @Test
    void nothingIsSentWithoutCredentials() {
        client(registry.url(), Map.of()).schema(1);

        assertThat(registry.authorizations).containsOnlyNulls();
    }

    @Test
    void credentialsOfTheUrlAreSent() {
        client("http://me:s3%40cr3t@" + registry.address(), Map.of()).schema(1);

        assertThat(registry.authorizations).containsExactly(basic("me:s3@cr3t"));
    }

    @Test
    void userInfoOfThePropertiesIsSentToEveryUrl() throws Exception {
        Map<String, String> properties =
                Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "me:" + SECRET);
        try (FakeRegistry broken = new FakeRegistry()) {
            broken.faults.put("", FakeRegistry.status(500, ""));

            client(broken.url() + "," + registry.url(), properties).schema(1);

            assertThat(broken.authorizations).containsExactly(basic("me:" + SECRET));
            assertThat(registry.authorizations).containsExactly(basic("me:" + SECRET));
        }
    }

    @Test
    void aSettingOfTheRegistryAloneWins() {
        Map<String, String> properties = Map.of(
                "basic.auth.user.info",
                "kafka:" + SECRET,
                "schema.registry.basic.auth.user.info",
                "registry:" + SECRET);

        client(registry.url(), properties).schema(1);

        assertThat(registry.authorizations).containsExactly(basic("registry:" + SECRET));
    }

    @Test
    void aTokenIsSent() {
        client(registry.url(), Map.of("bearer.auth.credentials.source", "STATIC_TOKEN", "bearer.auth.token", SECRET))
                .schema(1);

        assertThat(registry.authorizations).containsExactly("Bearer " + SECRET);
    }

    @Test
    void theLoginOfKafkaIsInherited() {
        String login = "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"me\" password=\""
                + SECRET + "\";";
        Map<String, String> properties =
                Map.of("basic.auth.credentials.source", "SASL_INHERIT", "sasl.jaas.config", login);

        client(registry.url(), properties).schema(1);

        assertThat(registry.authorizations).containsExactly(basic("me:" + SECRET));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense s3cr3t", "org.apache.kafka.common.security.plain.PlainLoginModule required;"})
    void aLoginThatCannotBeInheritedIsNotQuoted(String login) {
        Map<String, String> properties =
                Map.of("basic.auth.credentials.source", "SASL_INHERIT", "sasl.jaas.config", login);

        assertThatThrownBy(() -> client(registry.url(), properties))
                .isInstanceOf(RegistryException.class)
                .hasMessage(
                        "basic.auth.credentials.source is SASL_INHERIT, and sasl.jaas.config in --command-config has no"
                                + " username and password")
                .hasNoCause();
    }

    @Test
    void settingsThatDoNotGoTogetherAreRefused() {
        assertThatThrownBy(() -> client(
                        registry.url(), Map.of("basic.auth.user.info", "me:" + SECRET, "bearer.auth.token", SECRET)))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("credentials of basic.auth.* and bearer.auth.token are both set");
        assertThatThrownBy(() -> client(registry.url(), Map.of("basic.auth.credentials.source", "USER_INFO")))
                .isInstanceOf(RegistryException.class)
                .hasMessage(
                        "basic.auth.credentials.source is USER_INFO, and there is no basic.auth.user.info; set it in"
                                + " --command-config");
        assertThatThrownBy(() -> client(registry.url(), Map.of("bearer.auth.credentials.source", "OAUTHBEARER")))
                .isInstanceOf(RegistryException.class)
                .hasMessage("bearer.auth.credentials.source in --command-config is none that is supported; use"
                        + " STATIC_TOKEN");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "registry:8081",
                "ftp://me:s3cr3t@registry",
                "http://",
                "http://me:s3cr3t@",
                "http://me:s3cr3t^@registry",
                "http://a,",
            })
    void whatIsNoUrlIsRefusedAndNotQuoted(String urls) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client(urls, Map.of()))
                .withMessageStartingWith("--schema-registry: URL number ")
                .withMessageNotContaining(SECRET)
                .withNoCause();
    }

    @Test
    void noFailureTellsASecret() {
        RegistryClient client =
                client("http://me:" + SECRET + "@127.0.0.1:1,http://me:" + SECRET + "@" + registry.address(), Map.of());
        registry.faults.put("", FakeRegistry.status(500, ""));
        assertThat(everything(() -> client.schema(1)))
                .contains("no schema registry answers")
                .doesNotContain(SECRET);
        registry.faults.put("", FakeRegistry.status(401, "{\"message\":\"Unauthorized\"}"));
        assertThat(everything(() -> client.schema(1))).contains("401").doesNotContain(SECRET);
        assertThat(everything(() -> client.id("subject", "\"int\""))).doesNotContain(SECRET);
        assertThat(client.name()).doesNotContain(SECRET);
    }

    @Test
    void tlsIsAsTheClientPropertiesSay() throws Exception {
        Map<String, String> own = keyStore("server", "CN=localhost");
        try (FakeRegistry secure = secure(own, false)) {
            secure.schemas.put(1, "\"int\"");
            String url = "https://localhost:" + port(secure);

            assertThat(client(url, trust(own)).schema(1)).contains("\"int\"");
            assertThatThrownBy(() -> client(url, Map.of()).schema(1))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("cannot be trusted");
        }
    }

    @Test
    void aRegistryThatWantsACertificateGetsOne() throws Exception {
        Map<String, String> own = keyStore("server", "CN=localhost");
        Map<String, String> clients = keyStore("client", "CN=client");
        try (FakeRegistry secure = secure(withTrust(own, clients), true)) {
            secure.schemas.put(1, "\"int\"");
            String url = "https://localhost:" + port(secure);
            Map<String, String> complete = new HashMap<>(clients);
            complete.putAll(trust(own));

            assertThat(client(url, complete).schema(1)).contains("\"int\"");
            assertThatThrownBy(() -> client(url, trust(own)).schema(1)).isInstanceOf(RegistryException.class);
        }
    }

    @Test
    void aStoreThatCannotBeOpenedIsNamedWithoutItsPassword() throws Exception {
        Map<String, String> wrong = trust(keyStore("server", "CN=localhost"));
        wrong.put("ssl.truststore.password", SECRET);

        assertThatThrownBy(() -> client("https://localhost:1", wrong))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("TLS settings for the schema registry cannot be used (")
                .hasMessageNotContaining(SECRET);
    }

    private static String everything(Runnable call) {
        StringWriter text = new StringWriter();
        try {
            call.run();
        } catch (RegistryException e) {
            e.printStackTrace(new PrintWriter(text, true));
        }
        return text.toString();
    }

    private static String basic(String userInfo) {
        return "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(UTF_8));
    }

    private static String port(FakeRegistry registry) {
        return registry.address().substring(registry.address().lastIndexOf(':') + 1);
    }

    /** A key with a certificate that it has signed itself, in a store of its own. */
    private Map<String, String> keyStore(String name, String owner) throws Exception {
        Path store = temp.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "EC",
                        "-dname",
                        owner,
                        "-ext",
                        "san=dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        KEY_STORE_PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).isZero();
        Map<String, String> settings = new HashMap<>();
        settings.put("ssl.keystore.location", store.toString());
        settings.put("ssl.keystore.password", KEY_STORE_PASSWORD);
        settings.put("ssl.keystore.type", "PKCS12");
        return settings;
    }

    private static Map<String, String> trust(Map<String, String> keyStore) {
        return withTrust(Map.of(), keyStore);
    }

    private static Map<String, String> withTrust(Map<String, String> own, Map<String, String> other) {
        Map<String, String> settings = new HashMap<>(own);
        for (String setting : List.of("location", "password", "type")) {
            settings.put("ssl.truststore." + setting, other.get("ssl.keystore." + setting));
        }
        return settings;
    }

    private static FakeRegistry secure(Map<String, String> settings, boolean wantsCertificate) throws IOException {
        SSLContext context = RegistryConfig.of(settings).tls();
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters tls = getSSLContext().getDefaultSSLParameters();
                tls.setNeedClientAuth(wantsCertificate);
                parameters.setSSLParameters(tls);
            }
        });
        return new FakeRegistry(server);
    }
}
