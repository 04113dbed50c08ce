package io.godwit.containers;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.model.Container;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.testcontainers.DockerClientFactory;

/** The Compose file, up, at ports of this machine that were free. */
final class ComposeProject implements AutoCloseable {
    /** Services for which there is no image, where none can be pulled; separated by commas. */
    private static final String WITHOUT = "GODWIT_COMPOSE_WITHOUT";

    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final List<String> compose;
    private final Map<String, String> ports;
    private final String name;

    private ComposeProject(List<String> compose, Map<String, String> ports, String name) {
        this.compose = compose;
        this.ports = ports;
        this.name = name;
    }

    /** Brings it up, and waits until both transformers are healthy. */
    static ComposeProject up() throws IOException, InterruptedException {
        Map<String, String> ports = new HashMap<>();
        for (String port : List.of("KAFKA", "REGISTRY", "PROMETHEUS", "GRAFANA")) {
            ports.put("GODWIT_" + port + "_PORT", String.valueOf(freePort()));
        }
        ComposeProject project = new ComposeProject(
                program(), ports, "godwittest" + ProcessHandle.current().pid());
        try {
            project.run("config", "-q");
            List<String> up =
                    new ArrayList<>(List.of("up", "-d", Images.isBuiltBeforehand() ? "--no-build" : "--build"));
            up.addAll(services());
            project.run(up.toArray(String[]::new));
            await("transformers are healthy").atMost(LIMIT).until(project::areTransformersHealthy);
            return project;
        } catch (RuntimeException | Error e) {
            project.close();
            throw e;
        }
    }

    /** What every command is given. */
    List<String> options() {
        return List.of(
                "--bootstrap-server",
                "localhost:" + ports.get("GODWIT_KAFKA_PORT"),
                "--schema-registry",
                registry("").toString());
    }

    URI registry(String path) {
        return URI.create("http://localhost:" + ports.get("GODWIT_REGISTRY_PORT") + "/apis/ccompat/v7" + path);
    }

    URI prometheus(String path) {
        return URI.create("http://localhost:" + ports.get("GODWIT_PROMETHEUS_PORT") + path);
    }

    /** Takes it down, and removes what it kept. */
    @Override
    public void close() throws IOException {
        try {
            run("down", "-v", "-t", "40");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted before " + name + " was removed");
        }
    }

    private boolean areTransformersHealthy() {
        List<Container> containers = DockerClientFactory.lazyClient()
                .listContainersCmd()
                .withLabelFilter(Map.of("com.docker.compose.project", name))
                .exec();
        return containers.stream()
                        .filter(container -> container
                                .getLabels()
                                .get("com.docker.compose.service")
                                .startsWith("transformer"))
                        .filter(container -> "healthy".equals(health(container)))
                        .count()
                == 2;
    }

    private static String health(Container container) {
        return DockerClientFactory.lazyClient()
                .inspectContainerCmd(container.getId())
                .exec()
                .getState()
                .getHealth()
                .getStatus();
    }

    /** Compose as Docker brings it now, or as it was before. */
    private static List<String> program() throws InterruptedException {
        List<String> plugin = List.of("docker", "compose");
        return Shell.can(List.of("docker", "compose", "version")) ? plugin : List.of("docker-compose");
    }

    /** Those that come up by themselves. */
    private static Set<String> services() {
        ComposeFile file = ComposeFile.read();
        Set<String> services = new LinkedHashSet<>(file.services());
        services.removeIf(service -> file.service(service).containsKey("profiles"));
        String without = System.getenv(WITHOUT);
        if (without != null) {
            List<String> left = List.of(without.split(","));
            System.err.println("LEFT OUT of the Compose file, as there is no image: " + left);
            services.removeAll(left);
        }
        return services;
    }

    private void run(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(compose);
        command.addAll(List.of("-p", name, "-f", ComposeFile.PATH.toString()));
        command.addAll(List.of(words));
        Shell.run(command, ports);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
