package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The pages that are printed from the code say what the code has. */
@Timeout(120)
class ReferenceTest {
    private static final Path SETTINGS = Path.of("..", "docs", "settings.md");
    private static final Path MANUAL = Path.of("..", "docs", "man");
    /** Set by whoever has changed an option, instead of writing the pages. */
    private static final String PRINT = "godwit.reference.print";

    private static final String REMEDY =
            "print it anew: ./mvnw -pl cli -am test -Dtest=ReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -D"
                    + PRINT;

    @TempDir
    Path temp;

    @BeforeAll
    static void printWhereThatIsAskedFor() throws IOException {
        if (System.getProperty(PRINT) == null) {
            return;
        }
        Files.writeString(SETTINGS, SettingsPage.print());
        Files.createDirectories(MANUAL);
        for (String old : pages().keySet()) {
            Files.delete(MANUAL.resolve(old));
        }
        for (Map.Entry<String, String> page : ManPages.print().entrySet()) {
            Files.writeString(MANUAL.resolve(page.getKey()), page.getValue());
        }
    }

    @Test
    void thePageOfSettingsIsTheCodes() throws Exception {
        assertThat(Files.readString(SETTINGS)).as(REMEDY).isEqualTo(SettingsPage.print());
    }

    @Test
    void theManualIsTheCodes() throws Exception {
        assertThat(pages()).as(REMEDY).isEqualTo(ManPages.print());
    }

    @Test
    void everyOptionIsInTheManualAndOnThePageOfSettings() throws Exception {
        String settings = Files.readString(SETTINGS);
        Map<String, String> manual = pages();
        int options = 0;
        for (CommandLine command : CommandPages.all()) {
            String name = command.getCommandSpec().qualifiedName();
            String page = manual.get(name.replace(' ', '-') + ".1");
            for (OptionSpec option : command.getCommandSpec().options()) {
                assertThat(settings).as(name).contains(option.longestName());
                assertThat(page).as(name).contains(option.longestName().replace("-", "\\-"));
                options++;
            }
        }
        assertThat(options).isGreaterThan(100);
        assertThat(manual.get("godwit-send.1")).contains("Default: 24h.", ".B \\-\\-handover MODE");
    }

    @Test
    void settingsThatCorrectnessHangsOnMayNotBeChanged() throws Exception {
        assertThat(Files.readString(SETTINGS))
                .contains(
                        "| `acks` | `all` | `all` | no |",
                        "| `enable.idempotence` | `true` | `true` | no |",
                        "| `producer.acks` | `all` | `all` | no |",
                        "| `linger.ms` | `5` | `5` | yes |");
    }

    /** What the launcher and the command ask the environment for. */
    @Test
    void everyVariableOfTheEnvironmentIsThere() throws Exception {
        String settings = Files.readString(SETTINGS);
        Set<String> asked = new TreeSet<>();
        Pattern variable = Pattern.compile("[\"{$](GODWIT_[A-Z_]+|JAVA_HOME|TMPDIR|XDG_DATA_HOME)\\b");
        try (Stream<Path> sources = Files.walk(Path.of("src", "main"))) {
            for (Path source : Stream.concat(Stream.of(Path.of("..", "godwit")), sources.filter(Files::isRegularFile))
                    .toList()) {
                Matcher found = variable.matcher(Files.readString(source));
                while (found.find()) {
                    asked.add(found.group(1));
                }
            }
        }

        assertThat(asked).contains("GODWIT_HEAP", "XDG_DATA_HOME");
        assertThat(asked).allSatisfy(name -> assertThat(settings).contains("| `" + name + "` |"));
    }

    @Test
    void groffHasNothingToSayAgainstTheManual() throws Exception {
        Path groff = Path.of("/usr/bin/groff");
        assumeTrue(Files.isExecutable(groff) || "true".equals(System.getenv("CI")), "groff is not installed: " + groff);
        for (String page : pages().keySet()) {
            Path err = temp.resolve(page + ".err");
            Process process = new ProcessBuilder(
                            groff.toString(),
                            "-man",
                            "-Tutf8",
                            "-ww",
                            MANUAL.resolve(page).toString())
                    .redirectOutput(temp.resolve(page + ".out").toFile())
                    .redirectError(err.toFile())
                    .start();

            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(page).isZero();
            assertThat(Files.readString(err)).as(page).isEmpty();
        }
    }

    /** As they are in this repository, by file name. */
    private static Map<String, String> pages() throws IOException {
        Map<String, String> pages = new TreeMap<>();
        try (Stream<Path> files = Files.list(MANUAL)) {
            for (Path file : files.toList()) {
                pages.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return pages;
    }
}
