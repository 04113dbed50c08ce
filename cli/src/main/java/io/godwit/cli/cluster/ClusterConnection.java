package io.godwit.cli.cluster;

import io.godwit.cli.failure.CommandException;
import io.godwit.client.Answers;
import io.godwit.client.ClientSettings;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

/** Finds out early that a cluster cannot be reached, so that a command fails before it has begun. */
public final class ClusterConnection {
    private ClusterConnection() {}

    /**
     * Waits until a broker answers.
     *
     * @throws CommandException if none does within {@code patience}, or the settings are not Kafka's
     */
    public static void check(ClientSettings clients, Duration patience) throws CommandException, InterruptedException {
        DescribeClusterOptions options = new DescribeClusterOptions().timeoutMs(Math.toIntExact(patience.toMillis()));
        try (Admin admin = newAdmin(clients)) {
            Answers.get(admin.describeCluster(options).nodes());
        } catch (TimeoutException e) {
            throw unreachable(clients, patience, e);
        }
    }

    private static CommandException unreachable(ClientSettings clients, Duration patience, Exception cause) {
        String tls = clients.overrides().containsKey("security.protocol")
                ? ""
                : ", and whether it wants TLS or SASL (--command-config)";
        return new CommandException(
                "no broker answers at " + clients.bootstrapServers() + " (waited " + patience.toSeconds()
                        + " s); check the address, whether the broker runs" + tls,
                cause);
    }

    private static Admin newAdmin(ClientSettings clients) throws CommandException {
        try {
            return clients.newAdmin();
        } catch (KafkaException e) {
            if (isOfLogin(e)) {
                // Without its cause: of a password in the wrong quotes, that quotes a part.
                throw new CommandException(
                        "sasl.jaas.config of --command-config cannot be parsed; check that each value is"
                                + " in double quotes, and that it ends with a semicolon");
            }
            throw new CommandException(
                    "Kafka does not accept the settings for " + clients.bootstrapServers() + " (" + reasons(e)
                            + "); check --bootstrap-server and --command-config",
                    e);
        }
    }

    private static boolean isOfLogin(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).contains("JAAS config")) {
                return true;
            }
        }
        return false;
    }

    /** What the causes say: the file that cannot be read lies below a client that could not be made. */
    private static String reasons(Throwable failure) {
        Set<String> reasons = new LinkedHashSet<>();
        for (Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                cause != null;
                cause = cause.getCause()) {
            // Kafka repeats a cause's name and message in the message of what it wraps it in.
            if (cause.getMessage() != null && reasons.stream().noneMatch(cause.getMessage()::contains)) {
                reasons.add(cause.getMessage());
            }
        }
        return reasons.isEmpty() ? failure.toString() : String.join(": ", reasons);
    }
}
