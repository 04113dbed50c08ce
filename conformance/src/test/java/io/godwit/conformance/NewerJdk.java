package io.godwit.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/** A JDK that runs what this project's own need not be new enough for. */
final class NewerJdk {
    /** Directory of one, where it is not in one of the usual places. */
    static final String VARIABLE = "GODWIT_JDK21";

    static final int OLDEST = 21;

    private static final List<Path> USUAL_PLACES = List.of(
            Path.of("/usr/lib/jvm"),
            Path.of("/opt/java"),
            Path.of(System.getProperty("user.home"), ".sdkman/candidates/java"));

    private NewerJdk() {}

    /** The {@code java} of a JDK of version {@value #OLDEST} or newer. */
    static Optional<Path> find() throws IOException {
        List<Path> homes = new ArrayList<>();
        for (String variable : List.of(VARIABLE, "JAVA_HOME")) {
            Optional.ofNullable(System.getenv(variable)).map(Path::of).ifPresent(homes::add);
        }
        for (Path place : USUAL_PLACES) {
            if (Files.isDirectory(place)) {
                try (Stream<Path> children = Files.list(place)) {
                    children.sorted().forEach(homes::add);
                }
            }
        }
        for (Path home : homes) {
            Path java = home.resolve("bin").resolve("java");
            if (Files.isExecutable(java) && version(home) >= OLDEST) {
                return Optional.of(java);
            }
        }
        return Optional.empty();
    }

    /** As the file {@code release} of every JDK says; 0 where it does not. */
    private static int version(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.isRegularFile(release)) {
            return 0;
        }
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(release)) {
            properties.load(in);
        }
        String version = properties.getProperty("JAVA_VERSION", "0").replace("\"", "");
        String feature = version.replaceAll("\\D.*", "");
        return feature.isEmpty() ? 0 : Integer.parseInt(feature);
    }
}
