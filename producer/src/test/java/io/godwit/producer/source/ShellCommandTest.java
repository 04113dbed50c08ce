package io.godwit.producer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ShellCommandTest {
    @TempDir
    private Path directory;

    @Test
    void aCommandIsRunByTheShellToItsEnd() throws Exception {
        Path file = directory.resolve("with space");

        command("echo one && echo dropped >&2; touch '" + file + "'").run();

        assertThat(file).exists();
    }

    @Test
    void aFailureNamesTheCommandItsExitCodeAndItsLastError() {
        assertThatThrownBy(() -> command("echo first >&2; echo the last >&2; echo >&2; exit 3")
                        .run())
                .isInstanceOf(IOException.class)
                .hasMessage("'echo first >&2; echo the last >&2; echo >&2; exit 3' ended with exit code 3: the last");
        assertThatThrownBy(() -> command("false").run()).hasMessage("'false' ended with exit code 1");
        assertThatThrownBy(() -> command("no-such-command").run()).hasMessageContaining("exit code 127: ");
    }

    @Test
    void aCommandThatDoesNotEndIsKilledWithWhatItStarted() throws Exception {
        Path pid = directory.resolve("pid");
        String endless = "echo waiting >&2; sleep 1000 & echo $! > '" + pid + "'; wait";

        assertThatThrownBy(() -> new ShellCommand(endless, Duration.ofMillis(500)).run())
                .hasMessage("'" + endless + "' had not ended after 500 ms and was killed: waiting");

        long child = Long.parseLong(Files.readString(pid).strip());
        await().until(() ->
                ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void aChildInTheBackgroundIsNotWaitedFor() {
        assertThatCode(() -> command("sleep 5 &").run()).doesNotThrowAnyException();
    }

    @Test
    void anInterruptFromTheTerminalDoesNotCutACommandShort() throws Exception {
        Path file = directory.resolve("done");

        command("kill -INT $$; touch '" + file + "'").run();

        assertThat(file).exists();
    }

    @Test
    void anInterruptOfTheThreadWaitsForTheCommandAndStays() throws Exception {
        Path file = directory.resolve("done");
        Thread.currentThread().interrupt();

        command("touch '" + file + "'").run();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(file).exists();
    }

    private static ShellCommand command(String command) {
        return new ShellCommand(command, Duration.ofSeconds(20));
    }
}
