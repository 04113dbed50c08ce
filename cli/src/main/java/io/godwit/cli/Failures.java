package io.godwit.cli;

import io.godwit.cli.log.LogContext;
import io.godwit.cli.log.LogFormat;
import io.godwit.cli.log.OperatorLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** Exit codes and messages: one line on stderr, a stack trace only when it was asked for. */
final class Failures {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    /** Read by log4j2.xml when logging is first used, which is after this was set. */
    private static final String LOG_LEVEL = "godwit.log.level";

    /** Label of the parameter or option that names one. */
    private static final String MIGRATION = "MIGRATION";

    private Failures() {}

    /**
     * Has this process log as a command line asks. Before that is parsed: what converts its values may load classes that have
     * loggers, and the first of these sets logging up.
     */
    static void prepareLogging(String... arguments) {
        if (List.of(arguments).contains(CommonOptions.VERBOSE)) {
            System.setProperty(LOG_LEVEL, "INFO");
        }
        LogFormat.askedFor(CommonOptions.LOG_FORMAT, arguments).use();
    }

    static int runLogged(ParseResult arguments) {
        last(arguments).matchedArgs().stream()
                .filter(argument -> argument.paramLabel().equals(MIGRATION))
                .forEach(argument -> LogContext.begin(argument.getValue()));
        return new RunLast().execute(arguments);
    }

    static int failed(Exception failure, CommandLine command, ParseResult arguments) {
        PrintWriter err = command.getErr();
        if (failure instanceof ParameterException wrongUsage) {
            return wrongUsage(wrongUsage, new String[0]);
        }
        OperatorLine.fail(err, OperatorMessage.of(failure), failure, isVerbose(arguments));
        return FAILED;
    }

    static int wrongUsage(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        List<String> hints = new ArrayList<>();
        if (failure instanceof UnmatchedArgumentException unmatched) {
            StringWriter suggestions = new StringWriter();
            UnmatchedArgumentException.printSuggestions(unmatched, new PrintWriter(suggestions, true));
            suggestions.toString().lines().forEach(hints::add);
        }
        hints.add("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        OperatorLine.wrongUsage(command.getErr(), OperatorMessage.oneLine(failure.getMessage()), hints);
        return WRONG_USAGE;
    }

    private static boolean isVerbose(ParseResult arguments) {
        return last(arguments).hasMatchedOption(CommonOptions.VERBOSE);
    }

    /** The subcommand that is run. */
    private static ParseResult last(ParseResult arguments) {
        ParseResult last = arguments;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        return last;
    }
}
