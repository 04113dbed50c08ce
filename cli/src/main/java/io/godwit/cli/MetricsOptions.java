package io.godwit.cli;

import io.godwit.cli.failure.CommandException;
import io.godwit.cli.log.OperatorLine;
import io.godwit.cli.metrics.MetricsServer;
import io.godwit.cli.metrics.Monitoring;
import io.godwit.cli.metrics.Role;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Whether a role shows itself over HTTP, and where. */
final class MetricsOptions {
    /** Has every role serve, and {@code godwit health} ask, at one port: where a container's image chooses it. */
    static final String PORT_VARIABLE = "GODWIT_METRICS_PORT";
    /** Its value as the default of an option; none where it is not set. */
    static final String PORT_OF_ENVIRONMENT = "${env:" + PORT_VARIABLE + "}";

    static final String LOOPBACK = "127.0.0.1";

    private static final int MAX_PORT = 65535;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            defaultValue = PORT_OF_ENVIRONMENT,
            description =
                    "Serve metrics for Prometheus (/metrics), and health (/healthz, /readyz), over HTTP; 0 takes a free"
                            + " port and says which. Default: $" + PORT_VARIABLE
                            + "; where that is not set, nothing is served.")
    private Integer port;

    @Option(
            names = "--metrics-host",
            paramLabel = "HOST",
            defaultValue = LOOPBACK,
            description = "Address they are served at, to anybody who reaches it; 0.0.0.0 for all of this machine's."
                    + " Default: ${DEFAULT-VALUE}.")
    private String host;

    /**
     * Opens what was asked for, if anything was, and says where it is.
     *
     * @throws CommandException if the port cannot be listened at
     */
    Monitoring open(CommandSpec spec, Role role) throws CommandException {
        if (port == null) {
            return Monitoring.off();
        }
        if (port < 0 || port > MAX_PORT) {
            throw new ParameterException(
                    spec.commandLine(), "--metrics-port: port " + port + " is not in 0.." + MAX_PORT);
        }
        MetricsServer server = MetricsServer.start(role, VersionProvider.godwit(), host, port);
        OperatorLine.announce(spec.commandLine().getErr(), "Metrics ready: " + server.uri());
        return server;
    }
}
