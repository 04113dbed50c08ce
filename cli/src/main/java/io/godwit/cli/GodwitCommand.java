package io.godwit.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command without a subcommand: its help and its version. */
@Command(
        name = "godwit",
        description = "Live-migrates the memory of running virtual machines through Apache Kafka.",
        synopsisHeading = "Usage: ",
        customSynopsis = "godwit COMMAND [OPTIONS]",
        versionProvider = VersionProvider.class,
        sortOptions = false,
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "",
            "'godwit COMMAND --help' explains a command. Start with 'godwit demo'.",
            "Sizes: 64M, 2G. Durations: 30s, 24h.",
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 or 143 stopped by SIGINT or SIGTERM."
        },
        subcommands = {
            DemoCommand.class,
            BrokerCommand.class,
            TransformCommand.class,
            SendCommand.class,
            ReceiveCommand.class,
            CancelCommand.class,
            RecoverCommand.class,
            RestoreCommand.class,
            CheckpointCommand.class,
            ListCommand.class,
            DescribeCommand.class,
            DeleteCommand.class,
            TopicsCommand.class,
            CompletionCommand.class,
            AclsCommand.class,
            HealthCommand.class
        })
@SuppressWarnings("UnusedVariable") // picocli asks for help, version and verbosity by their option
final class GodwitCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Show the version and exit.")
    private boolean version;

    private final StopSignal signal;

    /** @param signal stops the subcommand that is run */
    GodwitCommand(StopSignal signal) {
        this.signal = signal;
    }

    /** For the subcommand: how it is told to stop. */
    StopSignal signal() {
        return signal;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }
}
