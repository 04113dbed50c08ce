package io.godwit.cli;

import io.godwit.cli.cluster.ClusterConnection;
import io.godwit.cli.failure.CommandException;
import io.godwit.client.ClientSettings;
import io.godwit.record.WireFormat;
import io.godwit.registry.RegistryClient;
import io.godwit.registry.RegistryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Where the cluster is, and how to talk to it. */
final class ClusterOptions {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String SCHEMA_REGISTRY = "--schema-registry";
    private static final String NO_AUTO_REGISTER = "--no-auto-register";

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

    @ArgGroup(exclusive = false)
    private Registry registry;

    /** Where schemas are, if not in this jar alone. */
    private static final class Registry {
        @Option(
                names = SCHEMA_REGISTRY,
                required = true,
                paramLabel = "URL[,URL]",
                description =
                        "Write records in Confluent's wire format, with schemas of this registry; URLs are tried in turn."
                                + " Credentials and TLS are as --command-config says. Default: Avro's single-object"
                                + " encoding.")
        private String urls;

        @Option(
                names = NO_AUTO_REGISTER,
                description = "Fail where the registry does not know a schema, instead of registering it.")
        private boolean noAutoRegister;
    }

    /** The options as they are given to another command for the same cluster. */
    List<String> asArguments() {
        List<String> arguments = new ArrayList<>(List.of("--bootstrap-server", bootstrapServers));
        if (commandConfig != null) {
            arguments.addAll(
                    List.of("--command-config", commandConfig.toAbsolutePath().toString()));
        }
        if (registry != null) {
            arguments.addAll(List.of(SCHEMA_REGISTRY, registry.urls));
            if (registry.noAutoRegister) {
                arguments.add(NO_AUTO_REGISTER);
            }
        }
        return arguments;
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
     * @throws CommandException if the file cannot be read, or what it says of the registry does not fit
     */
    ClientSettings clients() throws CommandException {
        ClientSettings clients = kafkaClients();
        return registry == null ? clients : clients.withFormat(WireFormat.of(newRegistry(clients)));
    }

    private RegistryClient newRegistry(ClientSettings clients) throws CommandException {
        try {
            return new RegistryClient(registry.urls, clients.overrides(), !registry.noAutoRegister);
        } catch (IllegalArgumentException | RegistryException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }

    private ClientSettings kafkaClients() throws CommandException {
        if (commandConfig == null) {
            return ClientSettings.of(bootstrapServers);
        }
        if (!Files.isRegularFile(commandConfig)) {
            throw new CommandException("--command-config: there is no file " + commandConfig);
        }
        try {
            return ClientSettings.load(bootstrapServers, commandConfig);
        } catch (IOException | IllegalArgumentException | ConfigException e) {
            throw new CommandException(
                    "--command-config: " + commandConfig + " cannot be read as properties (" + e.getMessage() + ")", e);
        }
    }
}
