package io.godwit.cli;

import io.godwit.cli.broker.BrokerException;
import io.godwit.cli.broker.BrokerOptions;
import io.godwit.cli.broker.EmbeddedBroker;
import io.godwit.cli.failure.CommandException;
import io.godwit.cli.metrics.BrokerMetrics;
import io.godwit.cli.metrics.Monitoring;
import io.godwit.cli.metrics.Role;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code godwit broker}: one Kafka broker for this machine, until it is stopped. */
@Command(
        name = "broker",
        description = "Runs one real Kafka broker on this machine's loopback address, until it is stopped.",
        versionProvider = VersionProvider.class,
        sortOptions = false,
        footer = {
            "",
            "For trying out and for one machine: one copy of the data, no authentication, reachable from this machine"
                    + " only. The data directory holds guest memory."
        })
final class BrokerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private GodwitCommand godwit;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "" + BrokerOptions.DEFAULT_PORT,
            description = "Port on 127.0.0.1; 0 takes a free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where topics are kept from one start to the next. Default: godwit/broker in"
                    + " $XDG_DATA_HOME or ~/.local/share.")
    private Path dataDir;

    @Mixin
    private MetricsOptions metrics;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() throws BrokerException, CommandException, InterruptedException {
        BrokerOptions options = options();
        try (Monitoring monitoring = metrics.open(spec, Role.BROKER)) {
            return run(options, monitoring);
        }
    }

    private int run(BrokerOptions options, Monitoring monitoring) throws BrokerException, InterruptedException {
        EmbeddedBroker broker = EmbeddedBroker.start(options);
        try (broker) {
            godwit.signal().stopWith(broker::close);
            monitoring.show(new BrokerMetrics(broker::isUp));
            common.announce(spec, "Broker ready: --bootstrap-server " + broker.bootstrapServers());
            common.announce(spec, "Data in " + broker.dataDir() + ". Stop it with Ctrl-C.");
            broker.awaitEnd();
        }
        if (common.json()) {
            JsonResult.print(
                    spec, new Result(broker.bootstrapServers(), broker.dataDir().toString(), "stopped"));
        }
        return Failures.OK;
    }

    private BrokerOptions options() {
        try {
            return new BrokerOptions(port, dataDir == null ? defaultDataDir() : dataDir);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--port: " + e.getMessage(), e);
        }
    }

    private static Path defaultDataDir() {
        String dataHome = System.getenv("XDG_DATA_HOME");
        Path base = dataHome == null || dataHome.isBlank()
                ? Path.of(System.getProperty("user.home"), ".local", "share")
                : Path.of(dataHome);
        return base.resolve("godwit").resolve("broker");
    }

    /** What {@code --json} prints. */
    private record Result(String bootstrapServer, String dataDir, String status) {}
}
