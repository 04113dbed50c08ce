package io.godwit.cli;

import io.godwit.cli.cluster.ClusterConnection;
import io.godwit.cli.failure.CommandException;
import io.godwit.client.ClientSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** Where the cluster is, and how to talk to it. */
final class ClusterOptions {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Option(
            names = "--bootstrap-server",
            required = true,
            paramLabel = "HOST:PORT",
            description = "Kafka brokers to ask first, separated by commas.")
    private String bootstrapServers;

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "Properties for the Kafka clients: TLS, SASL, tuning.")
    private Path commandConfig;

    /** The options as they are given to another command for the same cluster. */
    List<String> asArguments() {
        return commandConfig == null
                ? List.of("--bootstrap-server", bootstrapServers)
                : List.of(
                        "--bootstrap-server",
                        bootstrapServers,
                        "--command-config",
                        commandConfig.toAbsolutePath().toString());
    }

    /**
     * The settings of every client, once a broker has answered.
     *
     * @throws CommandException if the file cannot be read, or no broker answers in time
     */
    ClientSettings connect() throws CommandException, InterruptedException {
        ClientSettings clients = clients();
        awaitBroker(clients);
        return clients;
    }

    /** Waits a while for a broker's answer. */
    static void awaitBroker(ClientSettings clients) throws CommandException, InterruptedException {
        ClusterConnection.check(clients, PATIENCE);
    }

    /**
     * The settings of every client.
     *
     * @throws CommandException if the file cannot be read
     */
    ClientSettings clients() throws CommandException {
        if (commandConfig == null) {
            return ClientSettings.of(bootstrapServers);
        }
        if (!Files.isRegularFile(commandConfig)) {
            throw new CommandException("--command-config: there is no file " + commandConfig);
        }
        try {
            return ClientSettings.load(bootstrapServers, commandConfig);
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandException(
                    "--command-config: " + commandConfig + " cannot be read as properties (" + e.getMessage() + ")", e);
        }
    }
}
