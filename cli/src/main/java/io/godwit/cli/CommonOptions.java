package io.godwit.cli;

import picocli.CommandLine.Option;

/** What every subcommand understands. */
@SuppressWarnings("UnusedVariable") // picocli asks for help, version and verbosity by their option
final class CommonOptions {
    static final String VERBOSE = "--verbose";

    @Option(names = "--json", description = "Print one JSON object on stdout at the end, and nothing else there.")
    private boolean json;

    @Option(names = VERBOSE, description = "Log what happens inside, and print the stack trace of a failure.")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Show the version and exit.")
    private boolean version;

    boolean json() {
        return json;
    }
}
