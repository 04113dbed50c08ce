package io.godwit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class RegistryClientTest {
    private static final String SUBJECT = "io.godwit.StreamRecord";
    private static final String SCHEMA = "{\"type\":\"record\",\"name\":\"StreamRecord\",\"fields\":[]}";
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration REQUEST_LIMIT = Duration.ofMillis(500);

    private FakeRegistry registry;

    @BeforeEach
    void start() throws IOException {
        registry = new FakeRegistry();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private RegistryClient client() {
        return client(registry.url(), Map.of(), true);
    }

    private static RegistryClient client(String urls, Map<String, String> properties, boolean registers) {
        return new RegistryClient(urls, properties, registers, PATIENCE, REQUEST_LIMIT);
    }

    @Test
    void aSchemaThatIsMissingIsRegisteredOnceItsSubjectIsSafe() {
        int id = client().id(SUBJECT, SCHEMA);

        assertThat(id).isEqualTo(7);
        assertThat(registry.asked)
                .containsExactly(
                        "POST /subjects/" + SUBJECT,
                        "GET /config/" + SUBJECT + "?defaultToGlobal=true",
                        "PUT /config/" + SUBJECT,
                        "POST /subjects/" + SUBJECT + "/versions");
        assertThat(registry.levels).containsEntry(SUBJECT, "BACKWARD_TRANSITIVE");
    }

    @Test
    void aSubjectThatIsThereOnlyOnceItHasASchemaIsMadeSafeAfterwards() {
        registry.faults.put("PUT /config/", exchange -> {
            registry.faults.clear();
            FakeRegistry.status(404, "{\"error_code\":40401}").answer(exchange);
        });

        client().id(SUBJECT, SCHEMA);

        assertThat(registry.levels).containsEntry(SUBJECT, "BACKWARD_TRANSITIVE");
        assertThat(registry.asked).last().isEqualTo("PUT /config/" + SUBJECT);
    }

    @Test
    void aSchemaThatAnotherRegistersAtTheSameMomentIsTaken() {
        registry.faults.put("POST /subjects/" + SUBJECT + "/versions", exchange -> {
            registry.faults.clear();
            registry.add(SUBJECT, SCHEMA);
            FakeRegistry.status(409, "{\"message\":\"exists\"}").answer(exchange);
        });

        assertThat(client().id(SUBJECT, SCHEMA)).isEqualTo(7);
    }

    @Test
    void aStricterLevelStays() {
        registry.levels.put(SUBJECT, "FULL_TRANSITIVE");

        client().id(SUBJECT, SCHEMA);

        assertThat(registry.levels).containsEntry(SUBJECT, "FULL_TRANSITIVE");
        assertThat(registry.asked).noneMatch(request -> request.startsWith("PUT"));
    }

    @Test
    void aSchemaThatIsThereNeedsNoRightToWrite() {
        int there = registry.add(SUBJECT, SCHEMA);
        registry.faults.put("PUT ", FakeRegistry.status(403, "{}"));
        registry.faults.put("POST /subjects/" + SUBJECT + "/versions", FakeRegistry.status(403, "{}"));

        assertThat(client().id(SUBJECT, SCHEMA)).isEqualTo(there);
    }

    @Test
    void answersAreKept() {
        RegistryClient client = client();
        int id = client.id(SUBJECT, SCHEMA);
        int other = registry.add("other", "\"string\"");
        client.schema(other);
        int requests = registry.asked.size();

        assertThat(client.id(SUBJECT, SCHEMA)).isEqualTo(id);
        assertThat(client.schema(id)).contains(SCHEMA);
        assertThat(client.schema(other)).contains("\"string\"");
        assertThat(registry.asked).hasSize(requests);
    }

    @Test
    void whatMayNotBeRegisteredIsNamed() {
        RegistryClient client = client(registry.url(), Map.of(), false);

        assertThatThrownBy(() -> client.id(SUBJECT, SCHEMA))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("the schema registry " + registry.url() + " does not know this version of "
                        + SUBJECT + ", and --no-auto-register forbids to register it");
        assertThat(registry.asked).containsExactly("POST /subjects/" + SUBJECT);
    }

    @Test
    void withoutRegisteringNoLevelIsSet() {
        int there = registry.add(SUBJECT, SCHEMA);
        registry.levels.put(SUBJECT, "NONE");

        assertThat(client(registry.url(), Map.of(), false).id(SUBJECT, SCHEMA)).isEqualTo(there);
        assertThat(registry.levels).containsEntry(SUBJECT, "NONE");
    }

    @Test
    void anIncompatibleSchemaIsRefusedInTheRegistrysWords() {
        registry.faults.put(
                "POST /subjects/" + SUBJECT + "/versions",
                FakeRegistry.status(409, "{\"error_code\":409,\"message\":\"READER_FIELD_MISSING_DEFAULT_VALUE\"}"));

        assertThatThrownBy(() -> client().id(SUBJECT, SCHEMA))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("does not go with versions that are registered there (409:"
                        + " READER_FIELD_MISSING_DEFAULT_VALUE)");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void aRefusalNamesTheCredentials(int status) {
        registry.faults.put("", FakeRegistry.status(status, ""));

        assertThatThrownBy(() -> client().id(SUBJECT, SCHEMA))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("(" + status + "); check basic.auth.* or bearer.auth.* in --command-config");
        assertThatThrownBy(() -> client().schema(1)).isInstanceOf(RegistryException.class);
    }

    @Test
    void aLevelThatMayNotBeSetIsNamedBeforeAnythingIsRegistered() {
        registry.faults.put("PUT ", FakeRegistry.status(403, "{\"message\":\"no\"}"));

        assertThatThrownBy(() -> client().id(SUBJECT, SCHEMA))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("does not let us set the compatibility of " + SUBJECT + " (403: no)");
        assertThat(registry.schemas).isEmpty();
    }

    @Test
    void whoComesSecondToSetTheLevelFindsItSet() {
        registry.faults.put("PUT ", exchange -> {
            registry.levels.put(SUBJECT, "BACKWARD_TRANSITIVE");
            FakeRegistry.status(409, "{\"message\":\"A rule named 'COMPATIBILITY' already exists.\"}")
                    .answer(exchange);
        });

        int id = client().id(SUBJECT, SCHEMA);

        assertThat(registry.schemas).containsEntry(id, SCHEMA);
    }

    @Test
    void aLevelThatSomebodyElseSetToSomethingElseIsNoneOfOurs() {
        registry.faults.put("PUT ", exchange -> {
            registry.levels.put(SUBJECT, "NONE");
            FakeRegistry.status(409, "{\"message\":\"exists\"}").answer(exchange);
        });

        assertThatThrownBy(() -> client().id(SUBJECT, SCHEMA))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("(409: exists)");
    }

    @Test
    void anIdThatIsNotKnownIsAskedForAWhileAndThenNoMore() {
        RegistryClient client = client();

        assertThat(client.schema(99)).isEmpty();
        int requests = registry.asked.size();
        assertThat(requests).isGreaterThan(1);
        assertThat(client.schema(99)).isEmpty();
        assertThat(registry.asked).hasSize(requests);
    }

    @Test
    void anIdThatAppearsLateIsFound() {
        registry.faults.put("GET /schemas/ids/7", exchange -> {
            registry.faults.clear();
            FakeRegistry.status(404, "{}").answer(exchange);
        });
        registry.add(SUBJECT, SCHEMA);

        assertThat(client().schema(7)).contains(SCHEMA);
    }

    @Test
    void theNextUrlIsTriedWhereOneFails() throws Exception {
        try (FakeRegistry broken = new FakeRegistry()) {
            broken.faults.put("", FakeRegistry.status(503, "later"));
            RegistryClient client = client(
                    "http://127.0.0.1:" + closedPort() + ", " + broken.url() + "," + registry.url(), Map.of(), true);

            assertThat(client.id(SUBJECT, SCHEMA)).isEqualTo(7);
            assertThat(broken.asked).hasSize(1);
            assertThat(registry.asked).hasSize(4);
        }
    }

    @Test
    void whoAnsweredIsAskedFirst() throws Exception {
        try (FakeRegistry other = new FakeRegistry()) {
            other.faults.put("", FakeRegistry.status(500, ""));
            RegistryClient client = client(other.url() + "," + registry.url(), Map.of(), true);
            client.id(SUBJECT, SCHEMA);
            other.faults.clear();

            client.schema(registry.add("other", "\"int\""));

            assertThat(other.asked).hasSize(1);
        }
    }

    @Test
    void oneThatIsDownIsTriedForAsLongAsPatienceLastsAndEveryUrlIsTold() throws Exception {
        String down = "http://127.0.0.1:" + closedPort();
        registry.faults.put("", FakeRegistry.status(500, ""));

        assertThatThrownBy(() ->
                        client(down + "," + registry.url(), Map.of(), true).id(SUBJECT, SCHEMA))
                .isInstanceOf(RegistryException.class)
                .hasMessage("no schema registry answers (" + down + " cannot be connected to; " + registry.url()
                        + " answers with status 500; tried for 1 s); check --schema-registry and that it runs, then try"
                        + " again");
        assertThat(registry.asked).hasSizeGreaterThan(1);
    }

    @Test
    void oneThatComesBackIsGoneOnWith() {
        registry.faults.put("", exchange -> {
            registry.faults.clear();
            FakeRegistry.status(500, "").answer(exchange);
        });

        assertThat(client().id(SUBJECT, SCHEMA)).isEqualTo(7);
    }

    @Test
    void oneThatIsSlowCountsAsDown() {
        registry.faults.put("", exchange -> sleep());

        assertThatThrownBy(() -> client().schema(1))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("does not answer within 500 ms");
    }

    @Test
    void oneThatStopsInMidAnswerCountsAsDown() {
        registry.faults.put("", exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            sleep();
        });

        assertThatThrownBy(() -> client().schema(1))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("does not answer within 500 ms");
    }

    @Test
    void anAnswerWithoutAnEndIsCutShort() {
        registry.faults.put("", RegistryClientTest::answerWithoutEnd);

        assertThatThrownBy(() -> client().schema(1))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("its answer is longer than " + RegistryHttp.MAX_ANSWER_BYTES + " bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>hello</html>", "{\"schema\":", "", "17", "[]"})
    void whatIsNoJsonObjectIsNoRegistry(String body) {
        registry.faults.put("", FakeRegistry.status(200, body));

        assertThatThrownBy(() -> client().schema(1))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("is it a schema registry?");
    }

    @Test
    void anAnswerWithoutWhatWasAskedForIsRefused() {
        registry.faults.put("", FakeRegistry.status(200, "{\"id\":\"seven\",\"schema\":7}"));

        assertThatThrownBy(() -> client().id(SUBJECT, SCHEMA))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("answers without an id");
        assertThatThrownBy(() -> client().schema(1))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("answers without a schema for id 1");
    }

    @Test
    void redirectionsAreNotFollowed() {
        registry.faults.put("", exchange -> {
            exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/");
            exchange.sendResponseHeaders(302, -1);
        });

        assertThatThrownBy(() -> client().schema(1))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("redirects (status 302), which is not followed");
    }

    @Test
    void aPathInTheUrlIsKept() {
        registry.faults.put("GET /apis/ccompat/v7/schemas/ids/3", FakeRegistry.status(200, "{\"schema\":\"x\"}"));

        assertThat(client(registry.url() + "/apis/ccompat/v7/", Map.of(), true).schema(3))
                .contains("x");
    }

    private static void answerWithoutEnd(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
                out.write(new byte[1 << 16]);
            }
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(10_000);
        } catch (InterruptedException e) {
            // The registry is closed.
            Thread.currentThread().interrupt();
        }
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
