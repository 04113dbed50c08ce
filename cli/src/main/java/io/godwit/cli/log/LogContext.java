package io.godwit.cli.log;

import io.godwit.report.LogKeys;
import java.util.Map;
import org.slf4j.MDC;

/** What all log events of a command have in common. Nothing is kept where they are lines for people, which do not show it. */
public final class LogContext {
    private LogContext() {}

    /** From now until {@link #end}, what this thread logs, and threads that it starts, is of {@code migration}. */
    public static void begin(String migration) {
        if (LogFormat.isJson()) {
            MDC.put(LogKeys.MIGRATION, migration);
        }
    }

    /** {@code work} that logs with the keys of this thread, though one may run it that was made before they were known. */
    public static Runnable carried(Runnable work) {
        Map<String, String> keys = MDC.getCopyOfContextMap();
        return keys == null
                ? work
                : () -> {
                    MDC.setContextMap(keys);
                    work.run();
                };
    }

    /** What this thread logs is of no migration any more. */
    public static void end() {
        if (LogFormat.isJson()) {
            MDC.remove(LogKeys.MIGRATION);
        }
    }
}
