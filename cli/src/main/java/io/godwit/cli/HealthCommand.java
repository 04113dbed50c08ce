package io.godwit.cli;

import io.godwit.cli.failure.CommandException;
import io.godwit.cli.metrics.HealthProbe;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code godwit health}: asks a role how it is, where no other tool is there to ask with. */
@Command(
        name = "health",
        description = "Asks a role on this machine, or in this container, whether it lives, or does what it is for:"
                + " exit code 0 if it does.",
        versionProvider = VersionProvider.class,
        sortOptions = false)
final class HealthCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            required = true,
            defaultValue = MetricsOptions.PORT_OF_ENVIRONMENT,
            description = "The --metrics-port of the role. Default: $" + MetricsOptions.PORT_VARIABLE + ".")
    private int port;

    @Option(
            names = "--metrics-host",
            paramLabel = "HOST",
            defaultValue = MetricsOptions.LOOPBACK,
            description = "The --metrics-host of the role. Default: ${DEFAULT-VALUE}.")
    private String host;

    @Option(
            names = "--ready",
            description =
                    "Whether it does what it is for; docs/metrics.md says what that is. Default: whether it lives.")
    private boolean ready;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() throws CommandException {
        String answer = HealthProbe.of(host, port).ask(ready);
        if (common.json()) {
            JsonResult.print(spec, new Result(answer));
        } else {
            spec.commandLine().getOut().println(answer);
        }
        return Failures.OK;
    }

    /** What {@code --json} prints. */
    private record Result(String status) {}
}
