package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The completion script, in a real bash. */
@Timeout(60)
class CompletionTest {
    @TempDir
    Path temp;

    private Path script;

    @BeforeEach
    void print() throws IOException {
        CommandRun run = CommandRun.of("completion");
        assertThat(run.status()).isZero();
        assertThat(run.err()).isEmpty();
        script = Files.writeString(temp.resolve("godwit.bash"), run.out());
    }

    @Test
    void theScriptIsBash() throws Exception {
        assertThat(bash("-n", script.toString())).isEmpty();
    }

    @Test
    void commandsAreCompleted() throws Exception {
        assertThat(completions("godwit", "tr")).containsExactly("transform");
        assertThat(completions("godwit", "checkpoint", "")).contains("add", "list", "remove");
    }

    @Test
    void optionsAreCompleted() throws Exception {
        assertThat(completions("godwit", "send", "vm1", "--han")).containsExactly("--handover");
        assertThat(completions("godwit", "topics", "--replication")).containsExactly("--replication-factor");
    }

    @Test
    void valuesAreCompleted() throws Exception {
        assertThat(completions("godwit", "list", "--log-format", "j")).containsExactly("json");
    }

    /** What bash offers for the last of {@code words}. */
    private List<String> completions(String... words) throws Exception {
        // As bash calls it when TAB is pressed at the end of the line.
        String program =
                """
                compopt() { :; }  # works only where a key was pressed
                source "$1"; shift
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
                COMPREPLY=()
                _complete_godwit
                printf '%s\\n' "${COMPREPLY[@]}"
                """;
        String[] arguments = new String[words.length + 4];
        arguments[0] = "-c";
        arguments[1] = program;
        arguments[2] = "bash";
        arguments[3] = script.toString();
        System.arraycopy(words, 0, arguments, 4, words.length);
        return bash(arguments).lines().map(String::strip).toList();
    }

    /** Fails unless bash ends well and without a word on stderr; returns what it printed. */
    private String bash(String... arguments) throws Exception {
        Path out = temp.resolve("out");
        Path err = temp.resolve("err");
        ProcessBuilder bash =
                new ProcessBuilder("bash").redirectOutput(out.toFile()).redirectError(err.toFile());
        bash.command().addAll(List.of(arguments));
        Process process = bash.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(err)).isEmpty();
        assertThat(process.exitValue()).isZero();
        return Files.readString(out);
    }
}
