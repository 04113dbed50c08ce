package io.godwit.cli.log;

import io.godwit.report.LogKeyed;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** What a command says to its operator on stderr: a line that begins with its name, or a log event where logs are JSON. */
public final class OperatorLine {
    private static final String NAME = "godwit";

    private OperatorLine() {}

    /** Says what an operator, or who started the command, waits for. */
    public static void announce(PrintWriter err, String message) {
        if (LogFormat.isJson()) {
            logger().info(message);
        } else {
            err.println(message);
            err.flush();
        }
    }

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

    /**
     * Says that a command line cannot be understood.
     *
     * @param hints lines of what to do about it
     */
    public static void wrongUsage(PrintWriter err, String message, List<String> hints) {
        if (LogFormat.isJson()) {
            logger().error(message + hints.stream().map(hint -> "; " + hint).collect(Collectors.joining()));
            return;
        }
        err.println(NAME + ": " + message);
        hints.forEach(err::println);
    }

    /** Says that a thread died of what nobody foresaw. Called by that thread. */
    public static void threadDied(Thread thread, Throwable failure) {
        logger().error("thread {} died; this is a bug of Godwit, please report it", thread.getName(), failure);
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
