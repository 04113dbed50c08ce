package io.godwit.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.model.ContainerConfig;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;

/** What the Dockerfile makes, and how it behaves in the hands of whatever runs containers. */
@Timeout(600)
class ImageTest {
    private static final int MEBIBYTES = 640;
    private static final Duration LIMIT = Duration.ofMinutes(3);
    /** Less than the Compose file gives, and more than an idle transformer needs. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    @Test
    @NeedsDocker
    void runsAsAUserByNumberAndStartsJavaWithoutAShell() throws Exception {
        ContainerConfig config = config();

        assertThat(config.getUser()).isEqualTo("65532:65532");
        assertThat(config.getEntrypoint()).startsWith("java").endsWith("io.godwit.cli.Godwit");
    }

    @Test
    @NeedsDocker
    void saysWhatItIs() throws Exception {
        Map<String, String> labels = config().getLabels();

        assertThat(labels)
                .containsEntry("org.opencontainers.image.title", "Godwit")
                .containsEntry("org.opencontainers.image.licenses", "Apache-2.0");
        try (Role version = Role.once(Network.SHARED, MEBIBYTES, "--version")
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy())) {
            version.start();
            assertThat(version.result()).startsWith("godwit " + labels.get("org.opencontainers.image.version") + " ");
        }
    }

    @Test
    @NeedsDocker
    void aTransformerTurnsHealthyTakesItsHeapFromItsLimitAndStopsWhenItIsTold() throws Exception {
        try (Network network = Network.newNetwork();
                GenericContainer<?> kafka = KafkaBroker.in(network)) {
            kafka.start();
            try (Role transformer = Role.serving(
                    network,
                    MEBIBYTES,
                    "transform",
                    "--bootstrap-server",
                    KafkaBroker.ADDRESS,
                    "--page-cache-size",
                    "32M",
                    "--metrics-host",
                    "0.0.0.0",
                    "--json")) {
                transformer.start();
                await("it lives, as the image's own check says")
                        .atMost(LIMIT)
                        .until(() -> transformer.state().getHealth().getStatus(), "healthy"::equals);
                await("it is ready")
                        .atMost(LIMIT)
                        .until(() -> transformer.scrape().sum("godwit_ready") == 1);
                double heapMebibytes = transformer.scrape().sum("jvm_memory_max_bytes", "area=\"heap\"") / (1 << 20);
                assertThat(heapMebibytes).isCloseTo(0.6 * MEBIBYTES, within(0.1 * MEBIBYTES));

                transformer.terminate(GRACE);

                assertThat(transformer.state().getExitCodeLong())
                        .as("SIGTERM's, and not the 137 of SIGKILL: %s", transformer.getLogs())
                        .isEqualTo(143);
                assertThat(transformer.result()).contains("\"status\":\"stopped\"");
            }
        }
    }

    private static ContainerConfig config() throws Exception {
        return DockerClientFactory.lazyClient()
                .inspectImageCmd(Images.godwit().asCanonicalNameString())
                .exec()
                .getConfig();
    }
}
