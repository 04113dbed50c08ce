package io.godwit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.godwit.cli.log.LogFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shell that waits beside a sender, and runs {@link RecoverCommand} if that dies without a word, as of kill -9. QEMU runs its
 * guest on by itself then, or has let go of it already, and one who was promised the guest waits to hear which. Only QEMU
 * knows, and only on this host.
 *
 * <p>A shell, because it costs nothing as long as it waits. One thread.
 */
final class SenderGuard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SenderGuard.class);
    /** Reads a line: none but the end of its input says that the sender is dead. */
    private static final String SCRIPT = "read -r word || exec \"$@\"";

    private final String migration;
    private final Path qmp;
    private final List<String> cluster;
    private Process shell;

    /** @param cluster options that lead to the cluster */
    SenderGuard(String migration, Path qmp, List<String> cluster) {
        this.migration = migration;
        this.qmp = qmp;
        this.cluster = cluster;
    }

    /** Begins to guard an attempt. Where there is no shell, the sender goes on without a guard. */
    void start(int attempt) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", SCRIPT, "godwit-guard"));
        command.addAll(JavaCommand.ofThisProcess());
        command.addAll(List.of("recover", migration, "--attempt", String.valueOf(attempt)));
        command.addAll(List.of("--qmp", qmp.toAbsolutePath().toString()));
        command.addAll(cluster);
        command.addAll(List.of(CommonOptions.LOG_FORMAT, LogFormat.current().name()));
        try {
            shell = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            LOG.warn("Nobody guards this sender, there is no shell: {}", e.getMessage());
        }
    }

    /** The sender has said itself what there is to say. */
    @Override
    public void close() {
        if (shell == null) {
            return;
        }
        try (OutputStream word = shell.getOutputStream()) {
            word.write("done\n".getBytes(UTF_8));
        } catch (IOException e) {
            LOG.debug("The guard was gone", e);
        }
    }
}
