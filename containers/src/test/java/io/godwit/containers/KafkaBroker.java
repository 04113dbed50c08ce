package io.godwit.containers;

import java.time.Duration;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;

/** Kafka in a container, of the image and with the settings of the Compose file. */
final class KafkaBroker {
    static final String ADDRESS = "kafka:19092";

    private static final String SERVICE = "kafka";
    private static final Duration START = Duration.ofSeconds(150);

    private KafkaBroker() {}

    /** Not started yet. */
    static GenericContainer<?> in(Network network) {
        return new GenericContainer<>(Images.of(SERVICE))
                .withNetwork(network)
                .withNetworkAliases(SERVICE)
                .withEnv(ComposeFile.read().environment(SERVICE))
                .waitingFor(Wait.forSuccessfulCommand(
                                "/opt/kafka/bin/kafka-broker-api-versions.sh --bootstrap-server " + ADDRESS)
                        .withStartupTimeout(START));
    }
}
