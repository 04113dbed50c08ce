package io.godwit.cli;

import io.godwit.cli.log.LogContext;
import io.godwit.cli.log.OperatorLine;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** Entry point of the {@code godwit} command. */
public final class Godwit {
    private Godwit() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        Thread.setDefaultUncaughtExceptionHandler(OperatorLine::threadDied);
        int status = run(out, err, args);
        out.flush();
        err.flush();
        System.exit(status);
    }

    /**
     * Runs a command.
     *
     * @param out takes results
     * @param err takes progress and errors
     * @return the exit code
     */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        Failures.prepareLogging(args);
        try (StopSignal signal = StopSignal.install()) {
            return commandLine(signal)
                    .setOut(out)
                    .setErr(err)
                    .setExecutionStrategy(Failures::runLogged)
                    .setExecutionExceptionHandler(Failures::failed)
                    .setParameterExceptionHandler(Failures::wrongUsage)
                    .execute(args);
        } finally {
            LogContext.end();
        }
    }

    /** The command as it is parsed and explained. */
    static CommandLine commandLine(StopSignal signal) {
        return new CommandLine(new GodwitCommand(signal))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false)
                .setUsageHelpWidth(110);
    }
}
