package io.godwit.producer.source;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A command of the operator's, run by {@code sh -c} to its end. It gets no input, and its output is dropped but for the last
 * line of its standard error, which explains a failure.
 */
final class ShellCommand {
    /**
     * How long a command may take. A sender that is told to stop while it pauses the guest still has to resume it, and both
     * must fit the 30 s after which a signalled process is gone.
     */
    static final Duration DEFAULT_LIMIT = Duration.ofSeconds(10);

    /** A terminal's Ctrl-C reaches commands too: one that is cut short would leave a guest that neither stands nor runs. */
    private static final String IGNORE_INTERRUPTS = "trap '' INT\n";

    private static final int MAX_LINE = 200;

    private final String command;
    private final Duration limit;

    ShellCommand(String command, Duration limit) {
        this.command = command;
        this.limit = limit;
    }

    /**
     * Runs the command and waits for its end; an interrupt does not cut it short, and stays set.
     *
     * @throws IOException if it cannot be run, takes too long, in which case it is killed, or ends with another exit code
     *     than 0; the message begins with the command
     */
    void run() throws IOException {
        Path errors = Files.createTempFile("godwit-command-", ".err");
        try {
            Process process = new ProcessBuilder("sh", "-c", IGNORE_INTERRUPTS + command)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    // A file: a child that goes on in the background would hold a pipe open.
                    .redirectError(errors.toFile())
                    .start();
            if (!awaitExit(process)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new IOException("'" + command + "' had not ended after " + limit.toMillis() + " ms and was killed"
                        + lastLine(errors));
            }
            if (process.exitValue() != 0) {
                throw new IOException(
                        "'" + command + "' ended with exit code " + process.exitValue() + lastLine(errors));
            }
        } finally {
            Files.deleteIfExists(errors);
        }
    }

    private boolean awaitExit(Process process) {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String lastLine(Path errors) throws IOException {
        String text = new String(Files.readAllBytes(errors), Charset.defaultCharset());
        List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
        if (lines.isEmpty()) {
            return "";
        }
        String last = lines.get(lines.size() - 1).strip();
        return ": " + (last.length() > MAX_LINE ? last.substring(0, MAX_LINE) : last);
    }
}
