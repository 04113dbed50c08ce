package io.godwit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script in a checkout of its own, with a Java and a Maven that only tell how they were called. */
@Timeout(60)
class LauncherTest {
    private static final Path LAUNCHER = Path.of("..", "godwit");
    private static final Path OPTIONS = Path.of("src", "main", "jvm");
    private static final String MAIN = "io.godwit.cli.Godwit";

    @TempDir
    Path temp;

    private Path checkout;
    private Path javaHome;

    @BeforeEach
    void layOut() throws IOException {
        checkout = Files.createDirectories(temp.resolve("check out"));
        Files.copy(LAUNCHER, checkout.resolve("godwit"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(checkout.resolve("pom.xml"), "", UTF_8);
        copyOptions(Files.createDirectories(checkout.resolve("cli/src/main/jvm")));
        Files.writeString(checkout.resolve("cli/pom.xml"), "", UTF_8);
        script(
                checkout.resolve("mvnw"),
                "echo built by \"$@\"; mkdir -p cli/target/godwit/lib; touch cli/target/godwit/lib/b.jar cli/target/godwit/lib/a.jar");
        javaHome = java("jdk", "17.0.15");
    }

    @Test
    void buildsOnceAndThenOnlyWhenASourceIsNewer() throws Exception {
        Run first = launch("--version");
        assertThat(first.err).contains("Building Godwit", "built by", "-pl cli -am package");
        assertThat(first.out).contains(MAIN).doesNotContain("built by");

        assertThat(launch("--version").err).isEmpty();

        Path source = Files.writeString(checkout.resolve("cli/src/main/New.java"), "", UTF_8);
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(launch("--version").err).contains("built by");
    }

    @Test
    void aFailedBuildIsToldAndTriedAgain() throws Exception {
        script(checkout.resolve("mvnw"), "echo no network; exit 1");

        Run run = launch("demo");

        assertThat(run.status).isEqualTo(1);
        assertThat(run.err).contains("no network", "godwit: the build failed");
        assertThat(launch("demo").err).contains("no network");
    }

    @Test
    void worksThroughASymbolicLinkFromAnyDirectoryAndPassesArgumentsOn() throws Exception {
        Path link = Files.createSymbolicLink(temp.resolve("gw"), Path.of("check out", "godwit"));

        Run run = launch(Map.of(), link, temp, "send", "vm 1", "--synthetic", "memory=1G");

        assertThat(run.status).isZero();
        assertThat(run.arguments()).endsWith(MAIN, "send", "vm 1", "--synthetic", "memory=1G");
    }

    @Test
    void theClassPathHasTheJarsInOneOrder() throws Exception {
        Path lib = checkout.toRealPath().resolve("cli/target/godwit/lib");

        List<String> arguments = launch("list").arguments();

        assertThat(arguments.get(arguments.indexOf("-cp") + 1)).isEqualTo(lib + "/a.jar:" + lib + "/b.jar:");
    }

    @Test
    void eachRoleHasAHeapOfItsOwnThatTheEnvironmentOverrides() throws Exception {
        assertThat(launch("broker").arguments()).contains("-Xmx512m", "-XX:+UseParallelGC");
        assertThat(launch("transform").arguments()).contains("-Xmx1g");
        assertThat(launch("demo", "--memory", "1G").arguments()).contains("-Xmx2g");
        assertThat(launch("list").arguments()).contains("-Xmx256m", "-XX:TieredStopAtLevel=1");
        assertThat(launch("checkpoint", "add", "base").arguments())
                .contains("-Xmx512m")
                .as("SHA-256 needs the optimizing compiler")
                .doesNotContain("-XX:TieredStopAtLevel=1");
        assertThat(launch(Map.of("GODWIT_HEAP", "3g", "GODWIT_OPTS", "-Da=1 -Db=2"), "transform")
                        .arguments())
                .contains("-Xmx3g", "-Da=1", "-Db=2")
                .doesNotContain("-Xmx1g");
    }

    @Test
    void everyCommandHasTheOptionsThatKeepItWithinBounds() throws Exception {
        for (String command : List.of("transform", "send", "list")) {
            assertThat(launch(command).arguments())
                    .as(command)
                    .contains("-XX:+ExitOnOutOfMemoryError", "-Dorg.apache.avro.limits.bytes.maxLength=8388608");
        }
    }

    @Test
    void aNewerJavaIsToldNotToWarn() throws Exception {
        assertThat(launch("list").arguments()).doesNotContain("--enable-native-access=ALL-UNNAMED");
        javaHome = java("new", "25.0.1");

        assertThat(launch("list").arguments()).contains("--enable-native-access=ALL-UNNAMED");
    }

    @Test
    void aClassArchiveIsMadeWithTheBuildAndUsedFromThenOn() throws Exception {
        assertThat(launch("list").arguments())
                .contains("-XX:SharedArchiveFile=" + checkout.toRealPath().resolve("cli/target/godwit/godwit.jsa"));
    }

    @Test
    void withoutAClassArchiveEverythingWorks() throws Exception {
        Run run = launch(Map.of("NO_ARCHIVE", "1"), "list");

        assertThat(run.status).isZero();
        assertThat(run.arguments())
                .noneMatch(argument -> argument.contains("SharedArchiveFile"))
                .endsWith("list");
    }

    @Test
    void withoutATerminalNoProgressIsDrawn() throws Exception {
        assertThat(launch("demo").arguments()).noneMatch(argument -> argument.contains("godwit.terminal"));
    }

    @Test
    void anOldJavaIsNamed() throws Exception {
        javaHome = java("old", "11.0.2");

        Run run = launch("demo");

        assertThat(run.status).isEqualTo(1);
        assertThat(run.err).contains(javaHome + "/bin/java is Java 11.0.2; Godwit needs 17 or newer");
    }

    @Test
    void aWrongJavaHomeIsNamed() throws Exception {
        Run run = launch(Map.of("JAVA_HOME", "/nowhere"), "demo");

        assertThat(run.status).isEqualTo(1);
        assertThat(run.err).contains("JAVA_HOME is /nowhere");
    }

    @Test
    void temporaryFilesGoWhereTheEnvironmentSays() throws Exception {
        assertThat(launch(Map.of("TMPDIR", "/big disk"), "demo").arguments()).contains("-Djava.io.tmpdir=/big disk");
    }

    private static void copyOptions(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(OPTIONS)) {
            for (Path file : files.toList()) {
                // Older than what is built: they are there from the start.
                Files.copy(file, directory.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private Path java(String name, String version) throws IOException {
        Path home = Files.createDirectories(temp.resolve(name));
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n", UTF_8);
        script(
                home.resolve("bin/java"),
                "case \"$*\" in *-XX:ArchiveClassesAtExit=*) [ -z \"$NO_ARCHIVE\" ] && touch \"$ARCHIVE\"; exit ;; esac; for argument in \"$@\"; do printf '%s\\n' \"$argument\"; done");
        return home;
    }

    private static void script(Path path, String body) throws IOException {
        Files.writeString(path, "#!/bin/sh\n" + body + "\n", UTF_8);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Run launch(String... arguments) throws Exception {
        return launch(Map.of(), arguments);
    }

    private Run launch(Map<String, String> environment, String... arguments) throws Exception {
        return launch(environment, checkout.resolve("godwit"), checkout, arguments);
    }

    private Run launch(Map<String, String> environment, Path launcher, Path directory, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        Path out = temp.resolve("out");
        Path err = temp.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("GODWIT_") || name.equals("TMPDIR"));
        builder.environment().put("JAVA_HOME", javaHome.toString());
        builder.environment().put("NO_ARCHIVE", "");
        builder.environment()
                .put(
                        "ARCHIVE",
                        checkout.toRealPath()
                                .resolve("cli/target/godwit/godwit.jsa.new")
                                .toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** What a launcher did. */
    private record Run(int status, String out, String err) {
        /** What Java was called with, files of options read as it reads them. */
        List<String> arguments() {
            return out.lines().flatMap(Run::expanded).toList();
        }

        private static Stream<String> expanded(String argument) {
            if (!argument.startsWith("@")) {
                return Stream.of(argument);
            }
            try {
                return Files.readString(Path.of(argument.substring(1)))
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
