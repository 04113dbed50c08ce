package io.godwit.cli.log;

import io.godwit.report.LogKeyed;
import java.io.PrintWriter;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** What a command says to its operator on stderr: a line that begins with its name, or a log event where logs are JSON. */
public final class OperatorLine {
    private static final String NAME = "godwit";

    private OperatorLine() {}

    /** Says what is to be known of something that went well. */
    public static void warn(PrintWriter err, String message) {
        if (LogFormat.isJson()) {
            logger().warn(message);
        } else {
            err.println(NAME + ": " + message);
        }
    }

    /**
     * Says why a command failed.
     *
     * @param traced whether the stack trace is wanted, too
     */
    public static void fail(PrintWriter err, String message, Exception failure, boolean traced) {
        if (LogFormat.isJson()) {
            logFailure(message, failure, traced);
            return;
        }
        err.println(NAME + ": " + message);
        if (traced) {
            failure.printStackTrace(err);
        }
    }

    private static void logFailure(String message, Exception failure, boolean traced) {
        LoggingEventBuilder event = logger().atError();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof LogKeyed keyed) {
                for (Map.Entry<String, String> key : keyed.logKeys().entrySet()) {
                    event = event.addKeyValue(key.getKey(), key.getValue());
                }
            }
        }
        (traced ? event.setCause(failure) : event).log(message);
    }

    /** No constant: logging is set up when the first logger is made, and only for what is logged. */
    private static Logger logger() {
        return LoggerFactory.getLogger(NAME);
    }
}
