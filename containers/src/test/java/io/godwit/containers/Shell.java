package io.godwit.containers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Programs of this machine. */
final class Shell {
    /** An image is built within it, with all that Maven downloads. */
    private static final Duration LIMIT = Duration.ofMinutes(20);

    private Shell() {}

    /** Runs a program in the checkout, and returns what it says. Fails if that is wrong. */
    static String run(List<String> command) throws IOException, InterruptedException {
        return run(command, Map.of());
    }

    static String run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        Path said = Files.createTempFile("godwit-", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(Checkout.root().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(LIMIT.toMinutes(), TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError(command + " goes on after " + LIMIT + ": " + Files.readString(said));
            }
            if (process.exitValue() != 0) {
                throw new AssertionError(
                        command + " fails with " + process.exitValue() + ": " + Files.readString(said));
            }
            return Files.readString(said);
        } finally {
            Files.delete(said);
        }
    }

    /** Whether a program is there, and does this. */
    static boolean can(List<String> command) throws InterruptedException {
        try {
            run(command);
            return true;
        } catch (IOException | AssertionError e) {
            return false;
        }
    }
}
