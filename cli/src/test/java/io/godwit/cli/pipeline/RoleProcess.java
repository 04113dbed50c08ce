package io.godwit.cli.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.godwit.cli.Godwit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A {@code godwit} command as a process of its own, to be killed or signalled. */
public final class RoleProcess implements AutoCloseable {
    private final Process process;
    private final Path out;
    private final Path err;

    private RoleProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Starts {@code godwit} with the arguments; its output goes to files in {@code directory}. */
    public static RoleProcess start(Path directory, String... arguments) throws IOException {
        return start(directory, Map.of(), arguments);
    }

    /** The same with system properties. */
    static RoleProcess start(Path directory, Map<String, String> properties, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                // Short-lived: the second compiler would cost more than it saves.
                "-XX:TieredStopAtLevel=1"));
        properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Godwit.class.getName()));
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(directory, arguments[0], ".out");
        Path err = Files.createTempFile(directory, arguments[0], ".err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        return new RoleProcess(process, out, err);
    }

    /** Kills it as {@code kill -9} does, and waits until it is gone. */
    public void kill() throws InterruptedException {
        assertThat(process.isAlive())
                .as("still running when it is to be killed")
                .isTrue();
        process.destroyForcibly();
        awaitExit();
    }

    /** As {@link #kill}, where it may have ended. */
    public void killIfAlive() throws InterruptedException {
        process.destroyForcibly();
        awaitExit();
    }

    /** As {@link #kill}, together with the processes that it started. */
    public void killWithChildren() throws InterruptedException {
        List<ProcessHandle> children = process.descendants().toList();
        children.forEach(ProcessHandle::destroyForcibly);
        kill();
    }

    /** Sends it a signal, by its name without {@code SIG}. */
    public void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .start()
                .waitFor();
        assertThat(status).as("exit code of kill").isZero();
    }

    /** Waits for its end and returns its exit code. */
    public int awaitExit() throws InterruptedException {
        assertThat(process.waitFor(Background.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("process has ended")
                .isTrue();
        return process.exitValue();
    }

    /** Waits until its standard output holds {@code text}. */
    RoleProcess awaitOutput(String text) {
        await().atMost(Background.PATIENCE).until(() -> {
            assertThat(process.isAlive() || out().contains(text)).as(err()).isTrue();
            return out().contains(text);
        });
        return this;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public String out() throws IOException {
        return Files.readString(out);
    }

    public String err() throws IOException {
        return Files.readString(err);
    }

    /** Its result, of {@code --json}. */
    public JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
