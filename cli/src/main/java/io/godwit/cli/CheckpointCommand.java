package io.godwit.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code godwit checkpoint}: memory that targets hold already. */
@Command(
        name = "checkpoint",
        description =
                "Adds, lists and removes checkpoints: memory that hosts hold, of which hashes go to them instead of pages.",
        versionProvider = VersionProvider.class,
        sortOptions = false,
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "A checkpoint is its content: a host holds it that has added the same memory, under whatever name. Send with"
                    + " --checkpoint NAME, receive with --checkpoint-dir DIR."
        },
        subcommands = {CheckpointAddCommand.class, CheckpointListCommand.class, CheckpointRemoveCommand.class})
@SuppressWarnings("UnusedVariable") // picocli asks for help and version by their option
final class CheckpointCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Show the version and exit.")
    private boolean version;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do with checkpoints: add, list or remove");
    }
}
