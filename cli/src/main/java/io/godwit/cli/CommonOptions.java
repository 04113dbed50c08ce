package io.godwit.cli;

import io.godwit.cli.log.LogFormat;
import io.godwit.cli.log.OperatorLine;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What every subcommand understands. */
@SuppressWarnings("UnusedVariable") // picocli asks for help, version and verbosity by their option
final class CommonOptions {
    static final String VERBOSE = "--verbose";
    static final String LOG_FORMAT = "--log-format";

    @Option(names = "--json", description = "Print one JSON object on stdout at the end, and nothing else there.")
    private boolean json;

    @Option(names = VERBOSE, description = "Log what happens inside, and print the stack trace of a failure.")
    private boolean verbose;

    @Option(
            names = LOG_FORMAT,
            paramLabel = "FORMAT",
            defaultValue = "text",
            description =
                    "Of logs on stderr: ${COMPLETION-CANDIDATES}; json is one object a line, with migration, lane and"
                            + " sequence as keys, and no progress between. Default: ${DEFAULT-VALUE}.")
    private LogFormat logFormat;

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

    /** Says on stdout how a role stands; on stderr where stdout is for its result alone. */
    void announce(CommandSpec spec, String message) {
        if (json) {
            OperatorLine.announce(spec.commandLine().getErr(), message);
            return;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(message);
        out.flush();
    }
}
