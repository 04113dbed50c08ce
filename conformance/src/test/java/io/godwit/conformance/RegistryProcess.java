package io.godwit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** Apicurio Registry in a process of its own, with its memory as its storage. */
final class RegistryProcess implements AutoCloseable {
    private static final Path HOME = Path.of(System.getProperty("godwit.registry.home"));
    private static final String JAR = "quarkus-run.jar";
    private static final Duration START = Duration.ofSeconds(90);
    private static final int OK = 200;

    private final Process process;
    private final int port;

    private RegistryProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it, and waits until it answers. Skips the tests where something for that is missing, but where they are relied
     * upon.
     *
     * @param log file that hears what it says
     */
    static RegistryProcess require(Path log) throws IOException {
        require(Files.isDirectory(HOME), "run Maven with -Pregistry: it fetches the registry");
        Optional<Path> java = NewerJdk.find();
        require(
                java.isPresent(),
                "install a JDK " + NewerJdk.OLDEST + " or newer, or set " + NewerJdk.VARIABLE + " to where it is");
        return start(HOME, java.orElseThrow(), log);
    }

    private static void require(boolean condition, String otherwise) {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(condition).as(otherwise).isTrue();
        } else if (!condition) {
            System.err.println("SKIPPED: nothing was tested with a real schema registry: " + otherwise);
        }
        assumeThat(condition).as(otherwise).isTrue();
    }

    /**
     * Starts it, and waits until it answers.
     *
     * @param home directory that its distribution was unpacked to
     * @param log file that hears what it says
     */
    private static RegistryProcess start(Path home, Path java, Path log) throws IOException {
        int port = freePort();
        ProcessBuilder builder = new ProcessBuilder(
                        java.toString(),
                        "-Xmx400m",
                        "-Dfile.encoding=UTF-8",
                        "-jar",
                        jar(home).toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("QUARKUS_HTTP_HOST", "127.0.0.1");
        builder.environment().put("QUARKUS_HTTP_PORT", String.valueOf(port));
        builder.environment().put("QUARKUS_MANAGEMENT_PORT", String.valueOf(freePort()));
        RegistryProcess registry = new RegistryProcess(builder.start(), port);
        try {
            await("Apicurio Registry, which logs to " + log)
                    .atMost(START)
                    .until(() -> !registry.process.isAlive() || registry.answers());
            if (!registry.process.isAlive()) {
                throw new IOException("Apicurio Registry has ended: " + Files.readString(log));
            }
        } catch (RuntimeException | IOException e) {
            registry.close();
            throw e;
        }
        return registry;
    }

    /** Where it speaks as Confluent's registry does. */
    String url() {
        return "http://127.0.0.1:" + port + "/apis/ccompat/v7";
    }

    private boolean answers() throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url() + "/subjects"))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return HttpClient.newHttpClient()
                            .send(request, BodyHandlers.discarding())
                            .statusCode()
                    == OK;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path jar(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(file -> file.endsWith(JAR))
                    .findFirst()
                    .orElseThrow(() -> new IOException("there is no " + JAR + " in " + home));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
