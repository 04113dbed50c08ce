package io.godwit.cli;

import io.godwit.client.Replication;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How safe topics that a command creates are; those that are there stay as they are. */
final class ReplicationOptions {
    @Option(
            names = "--replication-factor",
            paramLabel = "N",
            description = "Brokers that keep each record of topics that are created. Default: as the brokers have it.")
    private Integer replicationFactor;

    @Option(
            names = "--min-isr",
            paramLabel = "N",
            description = "Brokers that must have a record before it counts as stored, of topics that are created"
                    + " (min.insync.replicas). Default: as the brokers have it.")
    private Integer minIsr;

    /** What was asked for; numbers that do not go together are wrong usage. */
    Replication get(CommandSpec spec) {
        try {
            return new Replication(given(replicationFactor), given(minIsr));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--replication-factor, --min-isr: " + e.getMessage(), e);
        }
    }

    private static int given(Integer brokers) {
        return brokers == null ? Replication.BROKERS_CHOICE : brokers;
    }
}
